import ChromaModel
import SwiftProtobuf
import TesseraRPC

/// A list of collections as the messages of one answer, and back.
enum CollectionsAnswer {
    static func messages(of states: [CollectionState]) -> [EngineCollectionsAnswer] {
        let pieces = AnswerPieces.of(states, size: \.wireBytes)
        guard !pieces.isEmpty else { return [EngineCollectionsAnswer()] }
        return pieces.map { piece in .with { $0.collections = piece.map { EngineCollection($0) } } }
    }

    /// Puts an answer together.
    struct Reader: AnswerReader {
        private var states: [CollectionState] = []

        mutating func take(_ message: EngineCollectionsAnswer) throws(ServiceError) {
            for collection in message.collections { states.append(try collection.state()) }
        }

        func finish() -> [CollectionState] { states }
    }
}

extension CollectionState {
    /// About how many bytes of a message the collection is.
    fileprivate var wireBytes: Int {
        settings.schemaJSON.utf8.count + settings.configurationJSON.utf8.count
            + (written.keyTypes.types.count + indexed.keyTypes.types.count) * Self.keyBytes
            + (metadata?.entries.count ?? 0) * Self.keyBytes + Self.keyBytes
    }

    private static let keyBytes = 64
}
