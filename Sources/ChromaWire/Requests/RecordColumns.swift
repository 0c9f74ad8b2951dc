import ChromaModel

/// The members of a write as parsed, not yet checked against one another.
package struct RecordColumns {
    private enum Member: String, JSONMember {
        case ids, embeddings, documents, uris, metadatas
    }

    private var ids: [RecordID] = []
    private var embeddings: EmbeddingColumn?
    private var documents: [String?]?
    private var uris: [String?]?
    private var metadatas: [MetadataPatch?]?

    /// Columns that came some other way than as JSON.
    package init(
        ids: [RecordID], embeddings: EmbeddingColumn?, documents: [String?]?, uris: [String?]?,
        metadatas: [MetadataPatch?]?
    ) {
        self.ids = ids
        self.embeddings = embeddings
        self.documents = documents
        self.uris = uris
        self.metadatas = metadatas
    }

    init(
        reading scanner: inout JSONScanner, operation: WriteOperation
    ) throws(JSONFailure) {
        let isUpdate = operation == .update
        let nulls: MetadataNulls = operation == .add ? .refused : .remove
        var ids: [RecordID]?
        try scanner.members(of: Member.self, expected: "a map") {
            (member, scanner) throws(JSONFailure) in
            switch member {
            case .ids: ids = try scanner.recordIDs()
            case .embeddings:
                if isUpdate, try scanner.takeNull() { return }
                embeddings = try scanner.embeddings(isUpdate ? .update : .write)
            case .documents: documents = try scanner.nullableStrings()
            case .uris: uris = try scanner.nullableStrings()
            case .metadatas: metadatas = try scanner.metadatas(nulls)
            }
        }
        self.ids = try scanner.required(ids, "ids")
        if !isUpdate { _ = try scanner.required(embeddings, "embeddings") }
    }

    /// The batch, when everything fits together; checks are in upstream's order.
    ///
    /// Throws `invalidArgument`.
    package func validated() throws(ServiceError) -> RecordBatch {
        if let fault = embeddings?.encodingFault { throw fault }
        try report().verify()
        let matrix = try matrix()
        try checkLengths()
        if ids.contains(where: \.value.isEmpty) {
            throw .invalid("Empty ID, ID must have at least one character")
        }
        return RecordBatch(
            ids: ids, embeddings: matrix, documents: documents, uris: uris,
            metadatas: metadatas)
    }

    private func report() -> ValidationReport {
        var report = ValidationReport()
        for (index, patch) in (metadatas ?? []).enumerated() {
            guard let patch else { continue }
            do throws(ServiceError) {
                try MetadataRules.check(patch)
            } catch {
                report.add("metadatas", "Invalid metadata at index \(index)")
                break
            }
        }
        embeddings?.report(to: &report)
        return report
    }

    private func matrix() throws(ServiceError) -> EmbeddingMatrix? {
        guard let embeddings else { return nil }
        guard let matrix = embeddings.matrix else {
            throw EmbeddingColumn.inconsistentDimensions
        }
        return matrix
    }

    private func checkLengths() throws(ServiceError) {
        let lengths = [embeddings?.rowCount, documents?.count, uris?.count, metadatas?.count]
        guard lengths.allSatisfy({ $0 == nil || $0 == ids.count }) else {
            throw .invalid(
                "Inconsistent number of IDs, embeddings, documents, URIs and metadatas")
        }
    }
}

extension JSONScanner {
    /// Reads a list of ids.
    mutating func recordIDs() throws(JSONFailure) -> [RecordID] {
        try array { (scanner) throws(JSONFailure) in RecordID(try scanner.string()) }
    }

    /// Reads null or a list of strings and nulls.
    fileprivate mutating func nullableStrings() throws(JSONFailure) -> [String?]? {
        try nullable { (scanner) throws(JSONFailure) in
            try scanner.array { (scanner) throws(JSONFailure) in
                try scanner.takeNull() ? nil : try scanner.string()
            }
        }
    }

    /// Reads null or a list of metadata maps and nulls.
    fileprivate mutating func metadatas(
        _ nulls: MetadataNulls
    ) throws(JSONFailure) -> [MetadataPatch?]? {
        try nullable { (scanner) throws(JSONFailure) in
            try scanner.array { (scanner) throws(JSONFailure) in
                try scanner.takeNull() ? nil : try scanner.metadata(nulls: nulls)
            }
        }
    }
}
