import Platform
import Synchronization
import Tracing

/// A span under way. One that isn't sampled carries its place on and records nothing.
package final class ActiveSpan: Tracing.Span {
    private struct State {
        var name: String
        var attributes: [Attribute]
        var events: [FinishedSpan.Event] = []
        var links: [TraceContext] = []
        var failure: String?
        var isEnded = false
    }

    /// Events of a span at the most; what comes after isn't kept.
    private static let eventsMax = 32

    package let trace: TraceContext
    private let parentID: UInt64
    private let hasRemoteParent: Bool
    private let kind: SpanKind
    private let startUnixNanoseconds: UInt64
    /// nil: it is not recorded here.
    let recording: Recording?
    /// Whether the recording began with it and ends with it.
    private let isRoot: Bool
    private let state: Mutex<State>

    /// - Parameter parentID: 0 for none.
    init(
        _ name: String, _ kind: SpanKind, at trace: TraceContext, below parentID: UInt64,
        hasRemoteParent: Bool = false, startUnixNanoseconds: UInt64, attributes: [Attribute],
        in recording: Recording?, isRoot: Bool = false
    ) {
        self.trace = trace
        self.parentID = parentID
        self.hasRemoteParent = hasRemoteParent
        self.kind = kind
        self.startUnixNanoseconds = startUnixNanoseconds
        self.recording = recording
        self.isRoot = isRoot
        state = Mutex(State(name: name, attributes: attributes))
    }

    /// The span of a caller in another process.
    package convenience init(remote trace: TraceContext) {
        self.init(
            "", .client, at: trace, below: 0, startUnixNanoseconds: 0, attributes: [], in: nil)
    }

    package var isRecording: Bool { recording != nil }

    /// Where its work runs.
    package var place: SpanPlace { SpanPlace(self) }

    package var context: ServiceContext {
        var context = ServiceContext.current ?? .topLevel
        context.activeSpan = self
        return context
    }

    package func add(_ attributes: [Attribute]) {
        guard isRecording else { return }
        state.withLock { $0.attributes += attributes }
    }

    package func link(_ traces: [TraceContext]) {
        guard isRecording else { return }
        state.withLock { $0.links += traces }
    }

    /// Marks the span as failed.
    ///
    /// - Parameter type: one of a fixed set of words (semantic convention `error.type`).
    package func fail(_ type: String) {
        guard isRecording else { return }
        state.withLock { state in
            state.failure = type
            state.attributes.append(FailureWord.attribute(type))
        }
    }

    /// The same for an error that was thrown.
    package func fail(_ error: any Error) { fail(FailureWord.of(error)) }

    /// Ends the span; a second time does nothing.
    package func end(atUnixNanoseconds end: UInt64) {
        guard let recording else { return }
        let finished = state.withLock { state -> FinishedSpan? in
            guard !state.isEnded else { return nil }
            state.isEnded = true
            return FinishedSpan(
                id: trace.spanID, parentID: parentID, name: state.name, kind: kind,
                startUnixNanoseconds: startUnixNanoseconds,
                endUnixNanoseconds: max(end, startUnixNanoseconds),
                details: FinishedSpan.Details(
                    hasRemoteParent: hasRemoteParent, attributes: state.attributes,
                    events: state.events, links: state.links, failure: state.failure))
        }
        if let finished { recording.take(finished, isLast: isRoot) }
    }

    package func end() { end(atUnixNanoseconds: SystemTimeSource().unixNanoseconds()) }
}

// What swift-distributed-tracing asks of a span, for libraries that trace by it.
extension ActiveSpan {
    package var operationName: String {
        get { state.withLock { $0.name } }
        set { state.withLock { $0.name = newValue } }
    }

    package var attributes: SpanAttributes {
        get { SpanAttributes(state.withLock { $0.attributes }) }
        set {
            let attributes = newValue.list
            state.withLock { $0.attributes = attributes }
        }
    }

    package func setStatus(_ status: SpanStatus) {
        guard isRecording, status.code == .error else { return }
        state.withLock { $0.failure = "error" }
    }

    package func addEvent(_ event: SpanEvent) {
        guard isRecording else { return }
        let event = FinishedSpan.Event(
            name: event.name, unixNanoseconds: event.nanosecondsSinceEpoch,
            attributes: event.attributes.list)
        state.withLock { if $0.events.count < Self.eventsMax { $0.events.append(event) } }
    }

    package func recordError<Instant: TracerInstant>(
        _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
    ) {
        fail(error)
    }

    package func addLink(_ link: SpanLink) {
        if let trace = link.context.activeSpan?.trace { self.link([trace]) }
    }

    package func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        guard isRecording else { return }
        end(atUnixNanoseconds: instant().nanosecondsSinceEpoch)
    }
}
