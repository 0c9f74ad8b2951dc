import ChromaModel
import GRPCCore
import GRPCProtobuf
import SwiftProtobuf
import TesseraRPC

extension EngineLink {
    /// Begins a talk, answers the engine's questions, and returns what came of it.
    ///
    /// - Parameters:
    ///   - refusing: tells the engine that its question can't be answered.
    ///   - answer: to a question.
    /// - Throws: `ServiceError`.
    func talk<Request: Message>(
        _ method: MethodDescriptor, _ begin: Request,
        refusing: @escaping @Sendable (ServiceError) -> Request,
        _ answer: @escaping @Sendable (EngineBackupAnswer.OneOf_Message) async throws -> Request
    ) async throws -> EngineBackupAnswer.Result {
        let (said, saying) = AsyncStream.makeStream(of: Request.self)
        saying.yield(begin)
        let request = StreamingClientRequest<Request> { writer in
            for await message in said { try await writer.write(message) }
        }
        do {
            return try await nextClient.bidirectionalStreaming(
                request: request, descriptor: method, serializer: ProtobufSerializer<Request>(),
                deserializer: EngineDeserializer<EngineBackupAnswer>(), options: .engine
            ) { response in
                defer { saying.finish() }
                for try await message in response.messages {
                    switch message.message {
                    case .result(let result): return result
                    case .refusal(let refusal): throw refusal.error
                    case let question?:
                        saying.yield(await Self.reply(to: question, answer, refusing))
                    case nil: throw ServiceError.unreadable("a question")
                    }
                }
                throw ServiceError.unreadable("no answer")
            }
        } catch let failure as RPCError {
            saying.finish()
            throw EngineFailure.translated(failure, isLost: true)
        }
    }

    /// The answer, or why there is none.
    private static func reply<Request>(
        to question: EngineBackupAnswer.OneOf_Message,
        _ answer: (EngineBackupAnswer.OneOf_Message) async throws -> Request,
        _ refusing: (ServiceError) -> Request
    ) async -> Request {
        do {
            return try await answer(question)
        } catch let error as ServiceError {
            return refusing(error)
        } catch {
            return refusing(
                ServiceError(.internalError, "The control plane failed.", cause: error))
        }
    }
}
