import Tracing

extension ServiceContext {
    private enum SpanKey: ServiceContextKey {
        typealias Value = ActiveSpan
        static let nameOverride: String? = "tessera.span"
    }

    /// The span that a library which traces by swift-distributed-tracing runs in; our own code is
    /// at `Trace.place`.
    package var activeSpan: ActiveSpan? {
        get { self[SpanKey.self] }
        set { self[SpanKey.self] = newValue }
    }
}
