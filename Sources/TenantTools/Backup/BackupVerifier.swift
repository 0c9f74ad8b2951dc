import Access
import ChromaModel
import TenantEngine
import TenantStorage
import VectorIndex

/// What a comparison of a backup with the tenant restored from it gave.
package struct BackupVerification: Sendable {
    package internal(set) var records: Int
    /// Filters and searches that were asked.
    package internal(set) var filters: Int
    package internal(set) var searches: Int
    /// One sentence for each difference; empty when all is alike.
    package internal(set) var differences: [String]

    package init(
        records: Int = 0, filters: Int = 0, searches: Int = 0, differences: [String] = []
    ) {
        self.records = records
        self.filters = filters
        self.searches = searches
        self.differences = differences
    }
}

/// Reads a restored tenant through its engine, as clients do, and compares it with the backup.
struct BackupVerifier {
    /// Records a collection whose filters and neighbours are asked for.
    private static let samplesMax = 16
    private static let neighbourCount = 10
    private static let pageRecords = 1000
    /// Characters of a document that are looked for.
    private static let textMax = 12
    /// Distances may differ by rounding: kernels sum in different orders.
    private static let tolerance: Float = 1e-4

    let engines: any EngineClient
    private(set) var result = BackupVerification()

    init(engines: any EngineClient) { self.engines = engines }

    mutating func compare(_ stored: StoredRecords, in scope: DatabaseScope) async throws {
        let id = stored.state.id
        let state = try await engines.collection(id: id, in: scope)
        if state.name != stored.state.name || state.dimension != stored.state.dimension {
            differ(stored, "it has another name or dimension")
        }
        let count = try await engines.count(id, in: scope)
        if count != stored.rows.count {
            differ(stored, "it has \(count) records, and \(stored.rows.count) are in the backup")
        }
        let expected = try await BackupThreads.run { stored.digest }
        if try await digest(of: id, in: scope) != expected {
            differ(stored, "its records are not those of the backup")
        }
        result.records += count
        for row in samples(of: stored) {
            try await compareFilters(row, stored, scope)
            try await compareSearch(row, stored, scope)
        }
    }

    private mutating func differ(_ stored: StoredRecords, _ what: String) {
        result.differences.append("collection \(stored.state.name): \(what)")
    }

    private func digest(of id: CollectionID, in scope: DatabaseScope) async throws -> String {
        var digest = RecordDigest()
        while true {
            let page = try await engines.get(
                GetRequest(
                    offset: digest.count, limit: Self.pageRecords,
                    include: [.documents, .embeddings, .metadatas, .uris]),
                from: id, in: scope)
            for view in page {
                view.embedding?.withValues { embedding in
                    digest.add(
                        view.id, document: view.document, uri: view.uri, metadata: view.metadata,
                        embedding: embedding)
                }
            }
            if page.count < Self.pageRecords { return digest.finish() }
        }
    }

    /// Rows spread evenly over the collection.
    private func samples(of stored: StoredRecords) -> [StoredRecords.Row] {
        let count = min(Self.samplesMax, stored.rows.count)
        return (0..<count).map { stored.rows[$0 * stored.rows.count / count] }
    }

    /// One filter on the first text or truth value of the record, one on its document.
    private mutating func compareFilters(
        _ sample: StoredRecords.Row, _ stored: StoredRecords, _ scope: DatabaseScope
    ) async throws {
        let entries = stored.metadata(sample)?.entries ?? []
        if let entry = entries.first(where: { $0.value.filterOperand != nil }),
            let operand = entry.value.filterOperand
        {
            try await compare(.metadata(entry.key, .equal(operand)), stored, scope) { row in
                stored.metadata(row)?[entry.key] == entry.value
            }
        }
        guard let document = stored.document(sample), !document.isEmpty else { return }
        let text = String(String.UnicodeScalarView(document.unicodeScalars.prefix(Self.textMax)))
        try await compare(.document(.contains(text)), stored, scope) { row in
            stored.document(row).map { $0.holds(text) } ?? false
        }
    }

    private mutating func compare(
        _ filter: Where, _ stored: StoredRecords, _ scope: DatabaseScope,
        _ passes: @escaping @Sendable (StoredRecords.Row) -> Bool
    ) async throws {
        let request = GetRequest(selection: RecordSelection(filter: filter), include: [])
        let found = try await engines.get(request, from: stored.state.id, in: scope).map(\.id)
        let expected = try await BackupThreads.run {
            stored.rows.filter(passes).map { stored.id($0) }
        }
        result.filters += 1
        if found != expected {
            differ(stored, "a filter selects other records than in the backup")
        }
    }

    /// The neighbours of a record: the engine's against a walk over all rows of the backup.
    private mutating func compareSearch(
        _ sample: StoredRecords.Row, _ stored: StoredRecords, _ scope: DatabaseScope
    ) async throws {
        let matrix = EmbeddingMatrix.rows([Array(stored.embedding(sample))])
        guard let query = PreparedQuery(matrix, row: 0) else { return }
        let request = QueryRequest(
            embeddings: matrix, resultCount: Self.neighbourCount, include: [.distances])
        let found = try await engines.query(request, in: stored.state.id, in: scope)
        let expected = try await BackupThreads.run {
            stored.nearestDistances(to: query, count: Self.neighbourCount)
        }
        let distances = found.first?.compactMap(\.distance) ?? []
        result.searches += 1
        let isAlike = zip(distances, expected).allSatisfy { got, wanted in
            abs(got - wanted) <= Self.tolerance * max(1, abs(wanted))
        }
        if distances.count != expected.count || !isAlike {
            differ(stored, "a search finds other neighbours than in the backup")
        }
    }
}

extension MetadataValue {
    /// The value as a filter's operand, for types of which equality is the same everywhere.
    fileprivate var filterOperand: FilterScalar? {
        switch self {
        case .string(let text): .string(text)
        case .bool(let bool): .bool(bool)
        case .int(let int): .number(.int(int))
        default: nil
        }
    }
}

extension String {
    /// Whether the bytes of a text are in it; by other means than the engine's.
    fileprivate func holds(_ text: String) -> Bool {
        var (own, wanted) = (self, text)
        return own.withUTF8 { own in
            wanted.withUTF8 { wanted in
                guard let first = wanted.first else { return true }
                var rest = own[...]
                while let place = rest.firstIndex(of: first) {
                    rest = rest[place...]
                    if rest.starts(with: wanted) { return true }
                    rest = rest.dropFirst()
                }
                return false
            }
        }
    }
}

extension StoredRecords {
    /// Distances of the nearest records, rising, by a walk over all.
    fileprivate func nearestDistances(to query: PreparedQuery, count: Int) -> [Float] {
        let kernel = DistanceKernel(state.settings.space)
        let byPart = parts.map { part in
            let scores = [Float](unsafeUninitializedCapacity: part.rowCount) { out, filled in
                filled = part.rowCount
                guard let start = out.baseAddress else { return }
                kernel.score(
                    query, rows: part.embeddings, count: part.rowCount,
                    inverseNorms: part.inverseNorms, into: start)
            }
            return scores
        }
        return rows.map { byPart[$0.part][$0.row] }.sorted().prefix(count).map { $0 }
    }
}
