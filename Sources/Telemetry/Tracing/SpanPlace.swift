import ChromaModel
import Platform
import Tracing

/// Where in a trace something runs: what whatever runs there goes below.
package struct SpanPlace: Sendable {
    /// The span that encloses it and can be added to.
    package let span: ActiveSpan
    /// The span it is in: that one, or a step of it.
    private let spanID: UInt64

    init(_ span: ActiveSpan) {
        self.span = span
        spanID = span.trace.spanID
    }

    private init(_ spanID: UInt64, in span: ActiveSpan) {
        self.span = span
        self.spanID = spanID
    }

    package var isRecording: Bool { span.isRecording }

    package var trace: TraceContext { span.trace.at(spanID) }

    /// What is recorded here; nil when nothing is.
    var recording: Recording? { span.recording }

    /// Runs `body` in a step: a span that has a name and nothing else, for which no object is
    /// made. It must be recorded here.
    package func step<Result>(
        _ name: String, _ body: () async throws -> Result
    ) async rethrows -> Result {
        guard let recording else { return try await body() }
        let start = SystemTimeSource().unixNanoseconds()
        let own = SpanPlace(recording.tracer.newSpanID(), in: span)
        do {
            let result = try await Trace.$place.withValue(own, operation: body)
            end(own, name, since: start, failure: nil)
            return result
        } catch {
            end(own, name, since: start, failure: FailureWord.of(error))
            throw error
        }
    }

    private func end(
        _ own: SpanPlace, _ name: String, since start: UInt64, failure: String?
    ) {
        let details = failure.map {
            FinishedSpan.Details(attributes: [FailureWord.attribute($0)], failure: $0)
        }
        record(own.spanID, name, start, SystemTimeSource().unixNanoseconds(), details)
    }

    /// Records what is over as a span.
    ///
    /// - Returns: where that was: what was done in the course of it goes below.
    @discardableResult
    package func record(
        _ name: String, fromUnixNanoseconds start: UInt64, to end: UInt64,
        _ attributes: [Attribute]
    ) -> SpanPlace {
        guard let recording else { return self }
        let own = SpanPlace(recording.tracer.newSpanID(), in: span)
        record(
            own.spanID, name, start, end,
            attributes.isEmpty ? nil : FinishedSpan.Details(attributes: attributes))
        return own
    }

    private func record(
        _ id: UInt64, _ name: String, _ start: UInt64, _ end: UInt64,
        _ details: FinishedSpan.Details?
    ) {
        recording?.take(
            FinishedSpan(
                id: id, parentID: spanID, name: name, kind: .internal,
                startUnixNanoseconds: start, endUnixNanoseconds: max(start, end),
                details: details))
    }
}

/// What is said of an error: one of a fixed set of words (semantic convention `error.type`), never
/// its text, which may quote what was sent.
enum FailureWord {
    static func of(_ error: any Error) -> String {
        (error as? ServiceError)?.code.rawValue ?? "\(type(of: error))"
    }

    static func attribute(_ word: String) -> Attribute { Attribute("error.type", word) }
}
