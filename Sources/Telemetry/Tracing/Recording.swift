import Synchronization

/// The spans of one request in this process, gathered as they end and handed over together: a
/// request takes one place in the exporter's queue, and its trace is said once.
final class Recording: Sendable {
    private struct State {
        var spans: [FinishedSpan] = []
        /// What still ends goes by itself.
        var isOver = false
    }

    /// So many don't wait for the last: a request may go on for hours.
    private static let spansMax = 64
    /// Room for the spans of a request as they are.
    private static let spansExpected = 20

    let tracer: SpanTracer
    private let trace: TraceContext
    private let state: Mutex<State>

    init(_ trace: TraceContext, tracer: SpanTracer) {
        self.trace = trace
        self.tracer = tracer
        var state = State()
        state.spans.reserveCapacity(Self.spansExpected)
        self.state = Mutex(state)
    }

    /// - Parameter isLast: whether the request is over with it.
    func take(_ span: FinishedSpan, isLast: Bool = false) {
        let ready = state.withLock { state -> [FinishedSpan] in
            state.spans.append(span)
            state.isOver = state.isOver || isLast
            guard state.isOver || state.spans.count >= Self.spansMax else { return [] }
            defer { state.spans = [] }
            return state.spans
        }
        if !ready.isEmpty { tracer.sink.take(FinishedSpans(trace: trace, spans: ready)) }
    }
}
