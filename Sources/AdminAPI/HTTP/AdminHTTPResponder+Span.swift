import HTTPTypes
import Hummingbird
import Telemetry
import Tracing

extension AdminHTTPResponder {
    /// Runs `body` in a span of the request; it is named for the method once that is known. Probes
    /// and scrapes have none: they come all the time and say nothing.
    func traced(_ request: Request, _ body: () async -> Response) async -> Response {
        guard let tracer = Trace.tracer, !OperationPages.paths.contains(request.uri.path) else {
            return await body()
        }
        let span = tracer.begin(
            request.method.rawValue, .server, below: Self.parent(request.headers),
            attributes: [
                Attribute("http.request.method", request.method.rawValue),
                Attribute("url.path", request.uri.path),
            ])
        defer { span.end() }
        let response = await span.run(body)
        span.add([Attribute("http.response.status_code", response.status.code)])
        if response.status.code >= 500 { span.fail("\(response.status.code)") }
        return response
    }

    private static func parent(_ headers: HTTPFields) -> TraceContext? {
        guard let name = HTTPField.Name(TraceContext.parentKey), let parent = headers[name]
        else { return nil }
        let state = HTTPField.Name(TraceContext.stateKey).flatMap { headers[$0] }
        return TraceContext(traceparent: parent, tracestate: state)
    }
}
