import ChromaModel
import NIOCore

/// The answer to a committed transaction (protocol §1.9).
package enum CommitResponse {
    /// - Parameters:
    ///   - position: of the log entry; nil when nothing was to be changed.
    ///   - recordCount: records written or deleted, with or without an effect.
    package static func write(
        position: UInt64?, recordCount: Int, into buffer: inout ByteBuffer
    ) {
        JSONWriter.append(to: &buffer) { writer in
            writer.raw("{\"first_inserted_record_offset\":")
            writer.nullable(position) { $0.integer($1) }
            writer.raw(",\"record_count\":")
            writer.integer(recordCount)
            writer.raw("}")
        }
    }
}
