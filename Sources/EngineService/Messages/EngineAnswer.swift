import ChromaModel
import SwiftProtobuf
import TesseraRPC

/// What a method answers with: a refusal, or what was asked for.
protocol EngineAnswer: Message {
    var refusal: EngineRefusal { get set }
    var hasRefusal: Bool { get }
}

extension EngineDoneAnswer: EngineAnswer {}
extension EngineNumberAnswer: EngineAnswer {}
extension EngineExtentAnswer: EngineAnswer {}
extension EngineCollectionAnswer: EngineAnswer {}
extension EngineCollectionsAnswer: EngineAnswer {}
extension EngineCommitAnswer: EngineAnswer {}
extension EngineRecordsAnswer: EngineAnswer {}

extension EngineRefusal {
    init(_ error: ServiceError) {
        self.init()
        code = error.code.rawValue
        message = error.message
    }

    /// The error that the engine threw, but for its cause, which is in the engine's log.
    var error: ServiceError {
        guard let code = ServiceError.Code(rawValue: code) else { return .unreadable("a refusal") }
        return ServiceError(code, message)
    }
}
