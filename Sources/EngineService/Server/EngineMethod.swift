import Access
import ChromaModel
import GRPCCore
import GRPCProtobuf
import Logging
import ServiceLifecycle
import SwiftProtobuf
import TesseraRPC

/// The messages of one answer, in order; never none.
typealias AnswerMessages<Output> = any Sequence<Output> & Sendable

/// A method of the service, whatever its messages are.
protocol EngineEndpoint: Sendable {
    func register<Transport: ServerTransport>(
        in router: inout RPCRouter<Transport>, of server: EngineServer)
}

/// A method, given the types of its messages.
struct EngineMethod<Input: Message, Output: EngineAnswer>: EngineEndpoint {
    let descriptor: MethodDescriptor
    /// Does what is asked. Throws what the engine throws.
    let work: @Sendable (Input, EngineCall) async throws -> AnswerMessages<Output>

    /// A method whose answer is one message.
    init(
        _ descriptor: MethodDescriptor,
        _ work: @escaping @Sendable (Input, EngineCall) async throws -> Output
    ) {
        self.descriptor = descriptor
        self.work = { CollectionOfOne(try await work($0, $1)) }
    }

    /// A method whose answer may be too much for one message.
    init(
        streaming descriptor: MethodDescriptor,
        _ work: @escaping @Sendable (Input, EngineCall) async throws -> AnswerMessages<Output>
    ) {
        self.descriptor = descriptor
        self.work = work
    }

    func register<Transport: ServerTransport>(
        in router: inout RPCRouter<Transport>, of server: EngineServer
    ) {
        router.registerHandler(
            forMethod: descriptor, deserializer: EngineDeserializer<Input>(),
            serializer: ProtobufSerializer<Output>()
        ) { request, context in
            let call = try server.call(from: context)
            let input = try await ServerRequest(stream: request).message
            let messages = try await answer(input, call, context.cancellation, server.logger)
            return StreamingServerResponse { writer in
                for message in messages { try await writer.write(message) }
                return [:]
            }
        }
    }

    /// Throws an `RPCError` when the caller has gone.
    private func answer(
        _ input: Input, _ call: EngineCall, _ cancellation: ServerContext.RPCCancellationHandle,
        _ logger: Logger
    ) async throws -> AnswerMessages<Output> {
        do {
            return try await CallerWatch.run(cancellation) { try await work(input, call) }
        } catch let error as ServiceError {
            log(error, logger)
            return CollectionOfOne(Output.with { $0.refusal = EngineRefusal(error) })
        } catch is CancellationError {
            throw RPCError(code: .cancelled, message: "The caller has gone.")
        } catch {
            let failure = ServiceError(.internalError, "The engine failed.", cause: error)
            log(failure, logger)
            return CollectionOfOne(Output.with { $0.refusal = EngineRefusal(failure) })
        }
    }

    /// What the caller isn't told: the cause.
    private func log(_ error: ServiceError, _ logger: Logger) {
        guard error.code == .internalError || error.cause != nil else { return }
        logger.log(
            level: error.code == .internalError ? .error : .info, "refused",
            metadata: ["method": "\(descriptor)", "error": "\(error)"])
    }
}
