import ChromaModel
import NIOCore

/// The answer to query (protocol §1.6): columns of one list a query, null when not asked for.
package enum QueryResponse {
    /// Appends the answer to `buffer`.
    ///
    /// - Parameters:
    ///   - results: the neighbours of each query, nearest first.
    ///   - include: what to show and to echo.
    package static func write(
        results: [[RecordView]], include: IncludeList, into buffer: inout ByteBuffer
    ) {
        JSONWriter.append(to: &buffer) { writer in
            writer.raw("{\"ids\":")
            writer.array(results) { $0.ids($1) }
            writer.raw(",\"embeddings\":")
            column(.embeddings, results, include, &writer) { $0.embeddings($1) }
            writer.raw(",\"documents\":")
            column(.documents, results, include, &writer) { $0.documents($1) }
            writer.raw(",\"uris\":")
            column(.uris, results, include, &writer) { $0.uris($1) }
            writer.raw(",\"metadatas\":")
            column(.metadatas, results, include, &writer) { $0.metadatas($1) }
            writer.raw(",\"distances\":")
            column(.distances, results, include, &writer) { $0.distances($1) }
            writer.raw(",\"include\":")
            writer.include(include)
            writer.raw("}")
        }
    }

    private static func column(
        _ member: IncludeList.Member, _ results: [[RecordView]], _ include: IncludeList,
        _ writer: inout JSONWriter, _ body: (inout JSONWriter, [RecordView]) -> Void
    ) {
        include.contains(member) ? writer.array(results, body) : writer.null()
    }
}
