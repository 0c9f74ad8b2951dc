import ChromaModel
import SwiftProtobuf
import TesseraRPC
import Usage

/// Lists of records as the messages of one answer, and back.
enum RecordsAnswer {
    /// - Parameters:
    ///   - token: stands for what a get of a transaction read.
    ///   - extent: how much the read went through.
    /// - Throws: `internalError` when a list has embeddings of several dimensions.
    static func messages(
        of lists: [[RecordView]], token: UInt64 = 0, extent: ReadExtent
    ) throws(ServiceError) -> [EngineRecordsAnswer] {
        var messages: [EngineRecordsAnswer] = []
        for piece in AnswerPieces.of(Array(lists.joined()), size: \.wireBytes) {
            var message = EngineRecordsAnswer()
            message.records = try EngineRecords(piece)
            messages.append(message)
        }
        if messages.isEmpty { messages = [EngineRecordsAnswer()] }
        messages[0].head = .with {
            $0.listLengths = lists.map { UInt32($0.count) }
            $0.token = token
            $0.extent = EngineExtent(extent)
        }
        return messages
    }

    /// Puts an answer together.
    struct Reader: AnswerReader {
        private var head: EngineRecordsAnswer.Head?
        private var records: [RecordView] = []

        mutating func take(_ message: EngineRecordsAnswer) throws(ServiceError) {
            if message.hasHead { head = message.head }
            records += try message.records.views()
        }

        /// Throws `internalError` when messages are missing.
        func finish() throws(ServiceError)
            -> (lists: [[RecordView]], token: UInt64, extent: ReadExtent)
        {
            guard let head, head.listLengths.reduce(0, { $0 + Int($1) }) == records.count else {
                throw .unreadable("half an answer")
            }
            var rest = records[...]
            let lists = head.listLengths.map { length in
                defer { rest = rest.dropFirst(Int(length)) }
                return Array(rest.prefix(Int(length)))
            }
            return (lists, head.token, head.extent.extent)
        }
    }
}

extension RecordView {
    /// About how many bytes of a message the record is.
    fileprivate var wireBytes: Int {
        idText.byteCount + (documentText?.byteCount ?? 0) + (uriText?.byteCount ?? 0)
            + (embedding?.dimension ?? 0) * MemoryLayout<Float>.size
            + (metadataView?.logicalBytes ?? 0)
    }
}
