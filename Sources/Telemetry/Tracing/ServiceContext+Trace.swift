import Tracing

extension ServiceContext {
    private enum SpanKey: ServiceContextKey {
        typealias Value = ActiveSpan
        static let nameOverride: String? = "tessera.span"
    }

    /// The span that encloses what runs now; nil outside any.
    package var activeSpan: ActiveSpan? {
        get { self[SpanKey.self] }
        set { self[SpanKey.self] = newValue }
    }
}

extension TraceContext {
    /// The span that encloses what the current task does; nil outside any.
    package static var current: TraceContext? { ServiceContext.current?.activeSpan?.trace }
}
