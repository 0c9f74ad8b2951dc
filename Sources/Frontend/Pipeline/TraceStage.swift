import HTTPTypes
import Platform

/// Gives every request an id: the caller's trace when it brings one, else a new one.
struct TraceStage: Stage {
    let random: any RandomSource

    func run(_ context: inout RequestContext) async {
        let parent = context.head.headerFields[.traceparent]
        context.traceID = parent.flatMap(TraceID.init(traceparent:)) ?? TraceID(from: random)
    }
}
