import ChromaModel
import NIOCore

/// The answer to get (protocol §1.6): columns, null when not asked for.
package enum GetResponse {
    /// Appends the answer to `buffer`.
    ///
    /// - Parameter include: what to show and to echo.
    package static func write(
        records: [RecordView], include: IncludeList, into buffer: inout ByteBuffer
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
            writer.raw("}")
        }
    }
}
