import Telemetry

/// The span of a group commit: below the first of the requests that wait for it, and linked to
/// them all.
struct GroupSpan {
    private let span: ActiveSpan

    /// nil when none of the requests is recorded.
    init?(_ requests: [SpanPlace], writes: Int) {
        guard let first = requests.first, let tracer = Trace.tracer else { return nil }
        span = tracer.begin(
            "group commit", inside: first, attributes: [Attribute("tessera.writes", writes)])
        span.link(requests.map(\.trace))
    }

    func fail(_ type: String) { span.fail(type) }

    func end() { span.end() }
}
