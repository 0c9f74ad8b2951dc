import ChromaModel
import TesseraRPC

/// Puts the messages of one answer together.
protocol AnswerReader: SendableMetatype {
    associatedtype Message: EngineAnswer
    associatedtype Value: Sendable

    init()
    /// Throws `internalError` for what can't be read.
    mutating func take(_ message: Message) throws(ServiceError)
    /// What all the messages say. Throws `internalError` when some are missing.
    func finish() throws(ServiceError) -> Value
}

/// The answer of a method that sends one message.
struct SingleAnswer<Message: EngineAnswer>: AnswerReader {
    private var message: Message?

    mutating func take(_ message: Message) { self.message = message }

    func finish() throws(ServiceError) -> Message {
        guard let message else { throw .unreadable("no answer") }
        return message
    }
}
