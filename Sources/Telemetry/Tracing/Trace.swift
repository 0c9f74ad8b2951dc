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

    /// The span that encloses what runs now, if it is recorded.
    package static var span: ActiveSpan? {
        guard let span = ServiceContext.current?.activeSpan, span.isRecording else { return nil }
        return span
    }

    /// Runs `body` in a span below the current one; outside any it just runs it.
    package static func span<Result>(
        _ name: String, _ kind: SpanKind = .internal,
        _ attributes: @autoclosure () -> [Attribute] = [],
        _ body: (ActiveSpan?) async throws -> Result
    ) async rethrows -> Result {
        guard let tracer, let parent = span else { return try await body(nil) }
        let own = tracer.begin(name, kind, inside: parent.trace, attributes: attributes())
        return try await own.enclosing { try await body(own) }
    }

    /// The same for what doesn't wait.
    package static func spanning<Result>(
        _ name: String, _ attributes: @autoclosure () -> [Attribute] = [],
        _ body: (ActiveSpan?) throws -> Result
    ) rethrows -> Result {
        guard let tracer, let parent = span else { return try body(nil) }
        let own = tracer.begin(name, inside: parent.trace, attributes: attributes())
        defer { own.end() }
        do {
            return try ServiceContext.$current.withValue(own.context) { try body(own) }
        } catch {
            own.fail(error)
            throw error
        }
    }

    /// A function that runs `body` inside the present span on whatever thread it is called:
    /// task-local values don't follow work to a thread by themselves.
    package static func carrying<Result>(
        _ body: @escaping @Sendable () throws -> Result
    ) -> @Sendable () throws -> Result {
        guard let context = ServiceContext.current else { return body }
        return { try ServiceContext.$current.withValue(context) { try body() } }
    }
}

extension ActiveSpan {
    /// Runs `body` inside the span and ends it.
    package func enclosing<Result>(
        _ body: () async throws -> Result
    ) async rethrows -> Result {
        defer { end() }
        do {
            return try await ServiceContext.$current.withValue(context) { try await body() }
        } catch {
            fail(error)
            throw error
        }
    }
}
