import ChromaModel

/// The body of query (protocol §1.6, §3.3).
package struct QueryBody: RequestBody {
    /// Neighbours for each query when the client doesn't say.
    package static let defaultResultCount = 10

    private enum Member: String, JSONMember {
        case ids, include
        case embeddings = "query_embeddings"
        case resultCount = "n_results"
        case filter = "where"
        case documentFilter = "where_document"
    }

    package let request: QueryRequest
    /// What to show, as the client wrote it.
    package let include: IncludeList

    package static func parse(_ bytes: UnsafeRawBufferPointer) throws(ServiceError) -> QueryBody {
        var filters = FilterMembers()
        var resultCount: Int?
        var include = IncludeList.queryDefault
        let column = try JSONScanner.read(bytes) { (scanner) throws(JSONFailure) in
            var column: EmbeddingColumn?
            try scanner.members(of: Member.self, expected: "struct QueryRequestPayload") {
                (member, scanner) throws(JSONFailure) in
                switch member {
                case .ids: try filters.readIDs(&scanner)
                case .filter: try filters.readWhere(&scanner)
                case .documentFilter: try filters.readWhereDocument(&scanner)
                case .embeddings: column = try scanner.embeddings(.query)
                case .resultCount: resultCount = try scanner.nullableUInt32()
                case .include: include = try scanner.includeList()
                }
            }
            return try scanner.required(column, Member.embeddings.rawValue)
        }
        return try QueryBody(
            embeddings: column, selection: filters.selection(), resultCount: resultCount,
            include: include)
    }

    /// Throws `invalidArgument` for embeddings that cannot be searched for.
    package init(
        embeddings: EmbeddingColumn, selection: RecordSelection, resultCount: Int?,
        include: IncludeList
    ) throws(ServiceError) {
        request = QueryRequest(
            embeddings: try Self.validated(embeddings), selection: selection,
            resultCount: resultCount ?? Self.defaultResultCount, include: include.options)
        self.include = include
    }

    private static func validated(
        _ column: EmbeddingColumn
    ) throws(ServiceError) -> EmbeddingMatrix {
        guard let matrix = column.matrix else { throw EmbeddingColumn.inconsistentDimensions }
        if column.hasNonFinite {
            throw .invalid(
                "Validation error: query_embeddings: "
                    + "Embeddings must not contain NaN or Infinity values")
        }
        return matrix
    }
}
