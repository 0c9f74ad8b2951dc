import HTTPTypes
import Platform
import Telemetry
import Tracing

/// Gives every request an id, the caller's trace when it brings one, else a new one; and its span,
/// when traces are on.
struct TraceStage: Stage {
    let random: any RandomSource
    var name: String { "trace" }

    func run(_ context: inout RequestContext) {
        let fields = context.head.headerFields
        let parent = fields.value(of: .traceparent).flatMap {
            TraceContext(traceparent: $0, tracestate: fields[.tracestate])
        }
        if let tracer = Trace.tracer {
            let span = tracer.begin(
                context.head.method.rawValue, .server, below: parent,
                attributes: [Attribute("http.request.method", context.head.method.rawValue)])
            context.span = span
            context.traceID = TraceID(span.trace)
        } else {
            context.traceID = parent.map { TraceID($0) } ?? TraceID(from: random)
        }
    }
}
