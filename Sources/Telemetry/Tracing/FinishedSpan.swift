import Tracing

/// A span that has ended. Most have a name and times and nothing else, so the rest is apart.
package struct FinishedSpan: Sendable {
    package final class Details: Sendable {
        /// Whether the parent is in another process.
        package let hasRemoteParent: Bool
        package let attributes: [Attribute]
        package let events: [Event]
        package let links: [TraceContext]
        /// What went wrong, as one of a fixed set of words; nil when nothing did.
        package let failure: String?

        init(
            hasRemoteParent: Bool = false, attributes: [Attribute], events: [Event] = [],
            links: [TraceContext] = [], failure: String? = nil
        ) {
            self.hasRemoteParent = hasRemoteParent
            self.attributes = attributes
            self.events = events
            self.links = links
            self.failure = failure
        }
    }

    package struct Event: Sendable {
        package let name: String
        package let unixNanoseconds: UInt64
        package let attributes: [Attribute]
    }

    package let id: UInt64
    /// 0: it has no parent.
    package let parentID: UInt64
    package let name: String
    package let kind: SpanKind
    package let startUnixNanoseconds: UInt64
    package let endUnixNanoseconds: UInt64
    /// nil: there is nothing more to it.
    package let details: Details?
}

/// Spans of one trace, as they go to the exporter.
package struct FinishedSpans: Sendable {
    /// Its span is none of these in particular.
    package let trace: TraceContext
    package let spans: [FinishedSpan]
}

/// Takes spans that have ended. Called on the way of requests: it must not wait.
package protocol SpanSink: Sendable {
    func take(_ spans: FinishedSpans)
}
