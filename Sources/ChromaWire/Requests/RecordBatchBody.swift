import ChromaModel
import NIOCore

/// The body of add, update and upsert (protocol §1.6).
package enum RecordBatchBody {
    /// Parses `bytes` into a batch whose columns all have one entry an id.
    ///
    /// - Parameter operation: decides what may be left out: an add and an upsert need
    ///   embeddings; only an add refuses null metadata values.
    /// - Throws: `invalidArgument` (400) or `unprocessable` (422), in upstream's words.
    package static func parse(
        _ bytes: UnsafeRawBufferPointer, operation: WriteOperation
    ) throws(ServiceError) -> RecordBatch {
        let columns = try JSONScanner.read(bytes) { (scanner) throws(JSONFailure) in
            try RecordColumns(reading: &scanner, operation: operation)
        }
        return try columns.validated()
    }

    /// Parses the readable bytes of `buffer`.
    package static func parse(
        _ buffer: ByteBuffer, operation: WriteOperation
    ) throws(ServiceError) -> RecordBatch {
        try buffer.parsingReadableBytes { (bytes) throws(ServiceError) in
            try parse(bytes, operation: operation)
        }
    }
}
