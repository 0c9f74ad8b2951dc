import GRPCCore
import Telemetry
import Tracing

/// Gives every call that a server answers a span, below the caller's if it sent one. Near to
/// nothing while traces are off.
package struct ServerTracing: ServerInterceptor {
    package init() {}

    package func intercept<Input: Sendable, Output: Sendable>(
        request: StreamingServerRequest<Input>, context: ServerContext,
        next:
            @Sendable (StreamingServerRequest<Input>, ServerContext) async throws
            -> StreamingServerResponse<Output>
    ) async throws -> StreamingServerResponse<Output> {
        guard let tracer = Trace.tracer, !context.descriptor.isAboutTheServer else {
            return try await next(request, context)
        }
        let span = tracer.begin(
            context.descriptor.fullyQualifiedMethod, .server,
            below: request.metadata.traceContext, attributes: context.descriptor.attributes)
        do {
            var response = try await span.run { try await next(request, context) }
            response.accepted = ended(response.accepted, span)
            return response
        } catch {
            span.fail(error as? RPCError)
            span.end()
            throw error
        }
    }

    /// The span of an answer ends with its last message.
    private func ended<Output>(
        _ answer: Result<StreamingServerResponse<Output>.Contents, RPCError>, _ span: ActiveSpan
    ) -> Result<StreamingServerResponse<Output>.Contents, RPCError> {
        switch answer {
        case .failure(let error):
            span.fail(error)
            span.end()
            return .failure(error)
        case .success(var contents):
            let producer = contents.producer
            contents.producer = { writer in
                defer { span.end() }
                do {
                    return try await span.run { try await producer(writer) }
                } catch {
                    span.fail(error as? RPCError)
                    throw error
                }
            }
            return .success(contents)
        }
    }
}

extension MethodDescriptor {
    /// Health checks and reflection are asked all the time and say nothing of the service.
    fileprivate var isAboutTheServer: Bool {
        fullyQualifiedMethod.hasPrefix("grpc.health.")
            || fullyQualifiedMethod.hasPrefix("grpc.reflection.")
    }
}
