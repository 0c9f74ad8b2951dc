import Synchronization
import Tracing

/// How our own code traces: by the tracer of the process, if there is one.
///
/// Without one, and outside any span, everything here costs a look at a task-local value.
package enum Trace {
    private static let installed = AtomicLazyReference<SpanTracer>()

    /// The tracer of the process; nil while traces are off.
    package static var tracer: SpanTracer? { installed.load() }

    /// Turns traces on, for libraries that use swift-distributed-tracing too. Once a process.
    package static func install(_ tracer: SpanTracer) {
        guard installed.storeIfNil(tracer) === tracer else { return }
        InstrumentationSystem.bootstrap(tracer)
    }

    /// Where the current task is; nil outside any span. Whoever hops to a thread takes it along:
    /// task-local values don't follow work there by themselves.
    @TaskLocal package static var place: SpanPlace?

    /// The same, if something is recorded there.
    package static var recorded: SpanPlace? {
        guard let place, place.isRecording else { return nil }
        return place
    }

    /// The span that encloses what runs now, if it is recorded. A step can't be added to: it is
    /// the span around it.
    package static var span: ActiveSpan? { recorded?.span }

    /// Runs `body` in a step below the present span; outside any it just runs it.
    package static func step<Result>(
        _ name: String, _ body: () async throws -> Result
    ) async rethrows -> Result {
        guard let recorded else { return try await body() }
        return try await recorded.step(name, body)
    }

    /// The same in a span that can be added to.
    package static func span<Result>(
        _ name: String, _ kind: SpanKind = .internal,
        _ attributes: @autoclosure () -> [Attribute] = [],
        _ body: (ActiveSpan?) async throws -> Result
    ) async rethrows -> Result {
        guard let tracer, let recorded else { return try await body(nil) }
        let own = tracer.begin(name, kind, inside: recorded, attributes: attributes())
        return try await own.enclosing { try await body(own) }
    }
}

extension TraceContext {
    /// The span that encloses what the current task does; nil outside any.
    package static var current: TraceContext? { Trace.place?.trace }
}

extension ActiveSpan {
    /// Runs `body` inside the span.
    package func run<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        try await Trace.$place.withValue(place, operation: body)
    }

    /// The same for what doesn't wait.
    package func run<Result>(_ body: () throws -> Result) rethrows -> Result {
        try Trace.$place.withValue(place, operation: body)
    }

    /// Runs `body` inside the span and ends it.
    package func enclosing<Result>(
        _ body: () async throws -> Result
    ) async rethrows -> Result {
        defer { end() }
        do {
            return try await run(body)
        } catch {
            fail(error)
            throw error
        }
    }
}
