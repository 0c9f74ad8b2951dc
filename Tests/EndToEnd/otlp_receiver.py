"""A receiver of OTLP over HTTP and gRPC, decoding by the messages of PyPI's opentelemetry-proto."""

import http.server
import threading
from concurrent import futures

import grpc
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2, logs_service_pb2_grpc
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2, metrics_service_pb2_grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

REQUESTS = {
    "traces": trace_service_pb2.ExportTraceServiceRequest,
    "metrics": metrics_service_pb2.ExportMetricsServiceRequest,
    "logs": logs_service_pb2.ExportLogsServiceRequest,
}
RESPONSES = {
    "traces": trace_service_pb2.ExportTraceServiceResponse,
    "metrics": metrics_service_pb2.ExportMetricsServiceResponse,
    "logs": logs_service_pb2.ExportLogsServiceResponse,
}


def value_of(any_value):
    kind = any_value.WhichOneof("value")
    if kind == "array_value":
        return [value_of(each) for each in any_value.array_value.values]
    return getattr(any_value, kind) if kind else None


def attributes_of(item):
    return {each.key: value_of(each.value) for each in item.attributes}


class Received:
    """What came so far: spans, metrics and log records with their resource's attributes."""

    def __init__(self):
        self.lock = threading.Lock()
        self.requests = {name: [] for name in REQUESTS}
        self.headers = []
        # Statuses to answer the next requests with, before any is taken.
        self.refusals = []

    def take(self, signal, request, headers):
        with self.lock:
            self.headers.append((signal, headers))
            if self.refusals:
                return self.refusals.pop(0)
            self.requests[signal].append(request)
            return None

    def all(self, signal):
        with self.lock:
            return list(self.requests[signal])

    @property
    def spans(self):
        return [
            (span, attributes_of(whole.resource))
            for request in self.all("traces") for whole in request.resource_spans
            for scope in whole.scope_spans for span in scope.spans]

    @property
    def metrics(self):
        """The last export of each metric, by name."""
        return {
            metric.name: metric
            for request in self.all("metrics") for whole in request.resource_metrics
            for scope in whole.scope_metrics for metric in scope.metrics}

    @property
    def logs(self):
        return [
            (record, attributes_of(whole.resource))
            for request in self.all("logs") for whole in request.resource_logs
            for scope in whole.scope_logs for record in scope.log_records]

    def everything(self):
        """All bytes that came, for a look at what must not be in them."""
        return b"".join(
            request.SerializeToString()
            for signal in REQUESTS for request in self.all(signal))


class HTTPReceiver(Received):
    def __enter__(self):
        received = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                signal = self.path.removeprefix("/v1/")
                assert self.headers["content-type"] == "application/x-protobuf"
                request = REQUESTS[signal].FromString(body)
                refusal = received.take(
                    signal, request, {k.lower(): v for k, v in self.headers.items()})
                answer = RESPONSES[signal]().SerializeToString()
                self.send_response(refusal or 200)
                if refusal:
                    self.send_header("retry-after", "0")
                self.send_header("content-type", "application/x-protobuf")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class GRPCReceiver(Received):
    def __enter__(self):
        received = self

        def servicer(base, signal):
            class Servicer(base):
                def Export(self, request, context):
                    refusal = received.take(
                        signal, request, dict(context.invocation_metadata()))
                    if refusal:
                        context.abort(refusal, "not now")
                    return RESPONSES[signal]()
            return Servicer()

        self.server = grpc.server(futures.ThreadPoolExecutor(4))
        trace_service_pb2_grpc.add_TraceServiceServicer_to_server(
            servicer(trace_service_pb2_grpc.TraceServiceServicer, "traces"), self.server)
        metrics_service_pb2_grpc.add_MetricsServiceServicer_to_server(
            servicer(metrics_service_pb2_grpc.MetricsServiceServicer, "metrics"), self.server)
        logs_service_pb2_grpc.add_LogsServiceServicer_to_server(
            servicer(logs_service_pb2_grpc.LogsServiceServicer, "logs"), self.server)
        port = self.server.add_insecure_port("127.0.0.1:0")
        self.server.start()
        self.url = f"http://127.0.0.1:{port}"
        return self

    def __exit__(self, *_):
        self.server.stop(0)
