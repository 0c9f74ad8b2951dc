import ChromaModel
import NIOCore

/// The answer to get (protocol §1.6): columns, null when not asked for.
package enum GetResponse {
    /// Appends the answer to `buffer`.
    ///
    /// - Parameters:
    ///   - include: what to show and to echo.
    ///   - readToken: of a transaction's get (protocol §1.9).
    package static func write(
        records: [RecordView], include: IncludeList, readToken: UInt64? = nil,
        into buffer: inout ByteBuffer
    ) {
        JSONWriter.append(to: &buffer) { writer in
            writer.raw("{\"ids\":")
            writer.ids(records)
            writer.raw(",\"embeddings\":")
            include.contains(.embeddings) ? writer.embeddings(records) : writer.null()
            writer.raw(",\"documents\":")
            include.contains(.documents) ? writer.documents(records) : writer.null()
            writer.raw(",\"uris\":")
            include.contains(.uris) ? writer.uris(records) : writer.null()
            writer.raw(",\"metadatas\":")
            include.contains(.metadatas) ? writer.metadatas(records) : writer.null()
            writer.raw(",\"include\":")
            writer.include(include)
            if let readToken {
                writer.raw(",\"read_token\":")
                writer.integer(readToken)
            }
            writer.raw("}")
        }
    }
}
