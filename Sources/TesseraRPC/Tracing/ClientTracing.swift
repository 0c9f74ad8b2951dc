import GRPCCore
import Telemetry
import Tracing

/// Gives every call that is made inside a span one of its own, and sends it along as
/// `traceparent`. Near to nothing while traces are off.
///
/// The span ends when the answer begins; what follows is the caller's to measure.
package struct ClientTracing: ClientInterceptor {
    package init() {}

    package func intercept<Input: Sendable, Output: Sendable>(
        request: StreamingClientRequest<Input>, context: ClientContext,
        next: (StreamingClientRequest<Input>, ClientContext) async throws
            -> StreamingClientResponse<Output>
    ) async throws -> StreamingClientResponse<Output> {
        guard let tracer = Trace.tracer, let parent = Trace.place else {
            return try await next(request, context)
        }
        let span = tracer.begin(
            context.descriptor.fullyQualifiedMethod, .client, inside: parent,
            attributes: context.descriptor.attributes)
        var request = request
        request.metadata.set(span.trace)
        defer { span.end() }
        do {
            let response = try await next(request, context)
            if case .failure(let error) = response.accepted { span.fail(error) }
            return response
        } catch {
            span.fail(error as? RPCError)
            throw error
        }
    }
}
