import Tracing

/// A span that has ended, as it goes to the exporter.
package struct FinishedSpan: Sendable {
    package struct Event: Sendable {
        package let name: String
        package let unixNanoseconds: UInt64
        package let attributes: [Attribute]
    }

    /// The span's own place.
    package let trace: TraceContext
    /// 0: it has no parent.
    package let parentSpanID: UInt64
    /// Whether the parent is in another process.
    package let hasRemoteParent: Bool
    package let name: String
    package let kind: SpanKind
    package let startUnixNanoseconds: UInt64
    package let endUnixNanoseconds: UInt64
    package let attributes: [Attribute]
    package let events: [Event]
    package let links: [TraceContext]
    /// What went wrong, as one of a fixed set of words; nil when nothing did.
    package let failure: String?
}

/// Takes spans that have ended. Called on the way of requests: it must not wait.
package protocol SpanSink: Sendable {
    func take(_ span: FinishedSpan)
}
