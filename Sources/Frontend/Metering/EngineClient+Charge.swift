import Access
import ChromaModel
import TenantEngine
import Usage

/// What reads are charged; each throws as `EngineClient.extent` does.
extension EngineClient {
    /// - Parameters:
    ///   - embeddings: that were searched for.
    ///   - returnedBytes: logical bytes of what is shown.
    func charge(
        for selection: RecordSelection, embeddings: Int = 0, of collection: CollectionID,
        in scope: DatabaseScope, returnedBytes: Int
    ) async throws -> RequestCharge {
        RequestCharge(
            readOf: collection, in: scope,
            units: QueryUnits.of(embeddings: embeddings, filter: selection.filter),
            extent: try await extent(of: collection, in: scope), returnedBytes: returnedBytes)
    }

    /// A count shows one number of four bytes; a less fresh one doesn't go through the log.
    func charge(forCounting id: CollectionID, at level: ReadLevel, in scope: DatabaseScope)
        async throws -> RequestCharge
    {
        var extent = try await extent(of: id, in: scope)
        if level == .indexOnly { extent.pulledLogBytes = 0 }
        return RequestCharge(
            readOf: id, in: scope, units: 1, extent: extent, returnedBytes: Self.countBytes)
    }

    /// By a filter it is a read that shows nothing; by ids alone it reads nothing.
    func charge(
        forDeleting selection: RecordSelection, from id: CollectionID, in scope: DatabaseScope
    ) async throws -> RequestCharge {
        guard selection.filter != nil else { return RequestCharge(writeTo: id, in: scope) }
        return try await charge(for: selection, of: id, in: scope, returnedBytes: 0)
    }

    private static var countBytes: Int { 4 }
}
