import ChromaModel
import GRPCCore
import SwiftProtobuf
import TesseraRPC

/// What the caller of a backup's method says, message by message.
protocol BackupRequestMessage: Message {
    /// The refusal that the message is; nil when it is something else.
    var saidRefusal: EngineRefusal? { get }
}

extension EngineCreateBackupRequest: BackupRequestMessage {
    var saidRefusal: EngineRefusal? {
        if case .refusal(let refusal) = message { refusal } else { nil }
    }
}

extension EngineRestoreBackupRequest: BackupRequestMessage {
    var saidRefusal: EngineRefusal? {
        if case .refusal(let refusal) = message { refusal } else { nil }
    }
}

extension EngineRemoveUnfinishedRequest: BackupRequestMessage {
    var saidRefusal: EngineRefusal? {
        if case .refusal(let refusal) = message { refusal } else { nil }
    }
}

/// The engine's side of a talk about a backup: asks, and waits for the answer. Questions are asked
/// one after the other.
actor BackupTalk<Request: BackupRequestMessage> {
    private let writer: RPCWriter<EngineBackupAnswer>
    private var messages: RPCAsyncSequence<Request, any Error>.AsyncIterator

    init(
        _ messages: RPCAsyncSequence<Request, any Error>, _ writer: RPCWriter<EngineBackupAnswer>
    ) {
        self.messages = messages.makeAsyncIterator()
        self.writer = writer
    }

    /// The next thing that the caller says. Throws what it refused with, and `unavailable` when
    /// it has gone.
    func next() async throws -> Request {
        var iterator = messages
        let message = try await iterator.next(isolation: self)
        messages = iterator
        guard let message else { throw Self.gone }
        if let refusal = message.saidRefusal { throw refusal.error }
        return message
    }

    /// The caller's answer to a question.
    func ask(_ question: EngineBackupAnswer.OneOf_Message) async throws -> Request {
        try await say(question)
        return try await next()
    }

    func say(_ message: EngineBackupAnswer.OneOf_Message) async throws {
        try await writer.write(.with { $0.message = message })
    }

    private static var gone: ServiceError {
        ServiceError(.unavailable, "The control plane broke off; what it asked for is undone.")
    }
}
