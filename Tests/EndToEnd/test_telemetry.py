"""What leaves the process: traces, metrics and logs over OTLP, and the page for Prometheus."""

import json
import re
import shutil
import subprocess
import urllib.request

import grpc
import pytest

from otlp_receiver import GRPCReceiver, HTTPReceiver, attributes_of, value_of
from packed import Client
from server import call, wait_until
from tenancy import make_tenant

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{PARENT}-01"
SECRET = "the-secret-of-the-document"
# Nothing of this may leave the process.
CONTENT = [SECRET.encode(), b"secret-metadata", b"secret-id"]


def telemetry(url, **others):
    return {
        "OTEL_EXPORTER_OTLP_ENDPOINT": url, "OTEL_METRIC_EXPORT_INTERVAL": 300,
        "OTEL_BSP_SCHEDULE_DELAY": 100, "OTEL_BLRP_SCHEDULE_DELAY": 100,
        "LOG_LEVEL": "debug", **others}


def work(tenant, headers):
    """A write and a filtered query, whose trace is the caller's."""
    collection = tenant.cloud_client().create_collection("things", embedding_function=None)
    path = tenant.collection_path(collection)
    records = {
        "ids": ["secret-id", "b"], "embeddings": [[1.0, 2.0], [3.0, 4.0]],
        "documents": [SECRET, "other"], "metadatas": [{"k": "secret-metadata"}, None]}
    assert tenant.call("POST", path + "/add", records, headers=headers)[0] == 201
    query = {
        "query_embeddings": [[1.0, 2.0]], "n_results": 1, "where": {"k": "secret-metadata"},
        "where_document": {"$contains": SECRET}}
    status, answer = tenant.call("POST", path + "/query", query, headers=headers)
    assert status == 200 and answer["ids"] == [["secret-id"]]
    assert tenant.call("GET", "/collections/nothing", headers=headers)[0] in (400, 404)
    return collection


def tree(received, trace):
    spans = [s for s, _ in received.spans if s.trace_id.hex() == trace]
    return spans, {span.span_id: span for span in spans}


def path_of(span, by_id):
    names = [span.name]
    while span.parent_span_id in by_id:
        span = by_id[span.parent_span_id]
        names.append(span.name)
    return names[::-1]


def metric_points(metric):
    data = getattr(metric, metric.WhichOneof("data"))
    return data.data_points


@pytest.mark.parametrize("protocol", ["http/protobuf", "grpc"])
def test_a_run_is_told_over_otlp(own_server, monkeypatch, protocol):
    monkeypatch.setenv("OTEL_SERVICE_NAME", "shop-vectors")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test%20bed")
    receiver = HTTPReceiver() if protocol == "http/protobuf" else GRPCReceiver()
    with receiver as received:
        server = own_server(**telemetry(
            received.url, OTEL_EXPORTER_OTLP_PROTOCOL=protocol,
            OTEL_EXPORTER_OTLP_HEADERS="x-key=a%20b")).start()
        tenant = make_tenant(server)
        work(tenant, {"traceparent": TRACEPARENT, "tracestate": "vendor=1"})
        assert server.stop() == 0

        spans, by_id = tree(received, TRACE)
        paths = [path_of(span, by_id) for span in spans]
        check_requests(spans, paths)
        check_engine(spans, paths, by_id)
        check_sql(received)
        check_resources(received)
        check_metrics(received)
        check_logs(received)
        assert all(headers["x-key"] == "a b" for _, headers in received.headers)
        everything = received.everything()
        for text in [*CONTENT, tenant.token.encode(), server.admin_token.encode()]:
            assert text not in everything


def check_requests(spans, paths):
    roots = [span for span in spans if span.parent_span_id.hex() == PARENT]
    assert len(roots) == 3
    add, query, missing = sorted(roots, key=lambda span: span.start_time_unix_nano)
    assert query.name == ("POST /api/v2/tenants/{tenant}/databases/{database}/collections/"
                          "{collection_id}/query")
    assert query.kind == 2 and query.trace_state == "vendor=1" and query.flags & 0x300 == 0x300
    attributes = attributes_of(query)
    assert attributes["http.request.method"] == "POST"
    assert attributes["http.response.status_code"] == 200
    assert attributes["tessera.tenant"] and attributes["tessera.collection"]
    # A refusal is said, and is not the server's failure.
    assert attributes_of(missing)["tessera.refusal"] and missing.status.code == 0
    stages = {path[1] for path in paths if len(path) == 2 and path[0] == query.name}
    assert stages >= {"route", "authenticate", "authorise", "admit", "receive", "validate",
                      "execute", "encode"}
    for span in spans:
        assert 0 < span.start_time_unix_nano <= span.end_time_unix_nano


def check_engine(spans, paths, by_id):
    ends = {tuple(path[1:]) for path in paths}
    assert ("execute", "search", "search tail") in ends
    assert ("execute", "search", "filter") in ends
    assert ("execute", "search", "hydrate") in ends
    assert ("execute", "commit", "group commit") in ends
    for span in spans:
        if span.name == "group commit":
            assert span.links and attributes_of(span)["tessera.writes"] >= 1
            assert all(link.span_id in by_id for link in span.links)
        if span.parent_span_id in by_id:
            parent = by_id[span.parent_span_id]
            assert parent.start_time_unix_nano <= span.start_time_unix_nano


def check_sql(received):
    statements = [
        attributes_of(span) for span, _ in received.spans
        if attributes_of(span).get("db.system.name") == "postgresql"]
    assert statements
    assert any("$1" in each["db.query.text"] for each in statements)
    # Calls of the admin API have spans, and what they do in the database is theirs.
    spans = [span for span, _ in received.spans]
    by_id = {span.span_id: span for span in spans}
    created = [span for span in spans if "CreateTenant" in span.name]
    assert created and created[0].kind == 2
    below = [path_of(span, by_id)[0] for span in spans if span.name == "INSERT"]
    assert created[0].name in below


def check_resources(received):
    resources = [resource for _, resource in received.spans + received.logs]
    resources += [
        attributes_of(whole.resource)
        for request in received.all("metrics") for whole in request.resource_metrics]
    assert all(each["service.name"] == "shop-vectors" for each in resources)
    assert all(each["deployment.environment.name"] == "test bed" for each in resources)
    assert len({each["service.instance.id"] for each in resources}) == 1


def check_metrics(received):
    metrics = received.metrics
    duration = metrics["http.server.request.duration"]
    assert duration.unit == "s" and duration.histogram.aggregation_temporality == 2
    point = next(
        each for each in metric_points(duration)
        if attributes_of(each)["http.route"].endswith("/query"))
    assert point.count == 1 and 0 < point.sum < 60
    assert sum(point.bucket_counts) == point.count
    assert len(point.bucket_counts) == len(point.explicit_bounds) + 1
    assert [each.trace_id.hex() for each in point.exemplars] == [TRACE]
    memory = metrics["process.resident_memory"]
    assert memory.unit == "By" and metric_points(memory)[0].as_int > 1 << 20
    assert metrics["process.cpu"].sum.is_monotonic
    assert metric_points(metrics["tessera.export.dropped"])[0].as_int == 0
    for metric in metrics.values():
        assert metric.description
        for point in metric_points(metric):
            assert 0 < point.start_time_unix_nano <= point.time_unix_nano


def check_logs(received):
    requests = [
        record for record, _ in received.logs
        if value_of(record.body) == "request" and record.trace_id.hex() == TRACE]
    assert len(requests) == 3
    spans = {span.span_id for span, _ in received.spans}
    for record in requests:
        assert record.span_id in spans and record.severity_number in (5, 9)
        assert record.time_unix_nano > 0 and attributes_of(record)["tenant"]


def test_a_receiver_that_is_away_for_a_while_gets_it_later(own_server):
    with HTTPReceiver() as received:
        received.refusals = [503, 429, 502]
        server = own_server(**telemetry(
            received.url, OTEL_METRICS_EXPORTER="none", OTEL_LOGS_EXPORTER="none")).start()
        tenant = make_tenant(server)
        work(tenant, {"traceparent": TRACEPARENT})
        assert wait_until(lambda: tree(received, TRACE)[0], 30)
        assert server.stop() == 0
        assert len(received.headers) > 3 and not received.all("logs")
        spans, _ = tree(received, TRACE)
        assert len({span.span_id for span in spans}) == len(spans)


def test_no_receiver_costs_no_request(own_server):
    server = own_server(**telemetry(
        "http://127.0.0.1:9", OTEL_BSP_MAX_QUEUE_SIZE=20, OTEL_BSP_EXPORT_TIMEOUT=100)).start()
    tenant = make_tenant(server)
    work(tenant, {})
    page = metrics_page(server)
    assert re.search(r'^tessera_export_dropped_total\{signal="traces"\} [1-9]', page, re.M)
    assert wait_until(lambda: "can't be exported" in server.log.read_text(), 20)
    assert server.stop() == 0


def test_the_callers_decision_not_to_trace_is_kept(own_server):
    with HTTPReceiver() as received:
        server = own_server(**telemetry(received.url)).start()
        tenant = make_tenant(server)
        work(tenant, {"traceparent": TRACEPARENT[:-2] + "00"})
        assert server.stop() == 0
        assert received.spans and not tree(received, TRACE)[0]


def test_calls_over_grpc_have_spans_too(own_server):
    with HTTPReceiver() as received:
        server = own_server(**telemetry(received.url)).start()
        tenant = make_tenant(server)
        metadata = [("authorization", f"Bearer {tenant.token}"), ("traceparent", TRACEPARENT)]
        with pytest.raises(grpc.RpcError):
            Client(tenant, metadata=metadata).GetCollection(name="nothing")
        assert server.stop() == 0
        spans, by_id = tree(received, TRACE)
        root = next(span for span in spans if span.parent_span_id.hex() == PARENT)
        assert root.name == "tessera.data.v1.DataService/GetCollection" and root.kind == 2
        assert attributes_of(root)["rpc.response.status_code"] == "notFound"
        assert ["authenticate", "authorise"] == [
            span.name for span in sorted(spans, key=lambda span: span.start_time_unix_nano)
            if span.parent_span_id == root.span_id][:2]


def test_a_trace_goes_on_in_the_engine_s_process(own_installation):
    with HTTPReceiver() as received:
        installation = own_installation(frontends=1, **telemetry(received.url))
        for process in installation.processes:
            process.settings["OTEL_SERVICE_NAME"] = process.role
        tenant = make_tenant(installation.start())
        work(tenant, {"traceparent": TRACEPARENT, "tracestate": "vendor=1"})
        assert installation.stop() == [0, 0, 0]
        service = {span.span_id: of["service.name"] for span, of in received.spans}
        spans, by_id = tree(received, TRACE)
        check_split(spans, by_id, service)


def check_split(spans, by_id, service):
    """The client's span, the frontend's root below it, and below each the engine's work."""
    roots = [span for span in spans if span.parent_span_id not in by_id]
    assert all(span.parent_span_id.hex() == PARENT for span in roots)
    assert len(roots) == 3 and {service[span.span_id] for span in roots} == {"frontend"}
    entries = [
        span for span in spans if service[span.span_id] == "engine"
        and service.get(span.parent_span_id) != "engine"]
    # Every call of the engine is below the frontend's span of making it.
    for span in entries:
        caller = by_id[span.parent_span_id]
        assert service[caller.span_id] == "frontend"
        assert (caller.kind, span.kind) == (3, 2) and caller.name == span.name
        assert span.trace_state == "vendor=1" and span.flags & 0x300 == 0x300
    routes = {path_of(span, by_id)[0].rsplit("/", 1)[1] for span in entries}
    assert {"add", "query"} <= routes
    # What the engine does in its own process is in the trace too.
    names = {span.name for span in spans if service[span.span_id] == "engine"}
    assert {"search", "search tail", "filter", "hydrate", "commit", "group commit"} <= names


def metrics_page(server, accept=None, token=True):
    request = urllib.request.Request(server.endpoints["admin_http"] + "/metrics")
    if accept:
        request.add_header("accept", accept)
    if token:
        request.add_header("authorization", f"Bearer {server.admin_token}")
    with urllib.request.urlopen(request) as answer:
        return answer.read().decode()


def test_prometheus_finds_nothing_wrong_with_the_metrics(server, tenant):
    promtool = shutil.which("promtool")
    assert promtool, "install Debian's prometheus"
    work(tenant, {})
    done = subprocess.run(
        [promtool, "check", "metrics"], input=metrics_page(server), capture_output=True,
        text=True, timeout=60)
    assert done.returncode == 0 and done.stdout + done.stderr == ""


def test_tenants_are_named_to_operators_alone(server, tenant):
    work(tenant, {})
    assert f'tessera_tenant_reads_total{{tenant="{tenant.name}"}}' in metrics_page(server)
    page = metrics_page(server, token=False)
    assert "http_server_requests_total{" in page and "tenant=" not in page
    assert tenant.name not in page
    url = server.endpoints["admin_http"] + "/metrics"
    assert call("GET", url, token=tenant.token)[0] == 403
    assert call("GET", url, token="tsa_wrong")[0] == 401


def test_openmetrics_has_exemplars_of_traces(own_server):
    with HTTPReceiver() as received:
        server = own_server(**telemetry(received.url)).start()
        work(make_tenant(server), {"traceparent": TRACEPARENT})
        page = metrics_page(server, "application/openmetrics-text; version=1.0.0")
        assert page.endswith("# EOF\n") and f'# {{trace_id="{TRACE}"' in page


def test_a_slow_search_is_logged_with_its_plan_and_nothing_of_its_content(own_server):
    server = own_server(ENGINE_SLOW_QUERY_MILLISECONDS=1).start()
    tenant = make_tenant(server)
    collection = tenant.cloud_client().create_collection("many", embedding_function=None)
    rows = 3000
    collection.add(
        ids=[f"secret-id-{n}" for n in range(rows)],
        embeddings=[[float(n % 97), float(n % 89)] * 64 for n in range(rows)],
        documents=[f"{SECRET} {n}" for n in range(rows)])

    def slow():
        collection.query(
            query_embeddings=[[1.0, 2.0] * 64] * 50, n_results=50,
            where_document={"$contains": SECRET})
        return "slow search" in server.log.read_text()

    assert wait_until(slow, 30)
    text = server.log.read_text()
    lines = [json.loads(line) for line in text.splitlines() if '"slow search"' in line]
    plan = [step for line in lines for step in line["metadata"]["plan"]]
    assert plan
    assert all("micros" in step for step in plan)
    assert {step["step"] for step in plan} & {"filter", "search tail", "search segment"}
    assert SECRET not in text and "secret-id" not in text


def test_readiness_says_why_not(own_server):
    server = own_server().start()
    url = server.endpoints["admin_http"] + "/readyz"
    with urllib.request.urlopen(url) as answer:
        assert "control: ok" in answer.read().decode()
