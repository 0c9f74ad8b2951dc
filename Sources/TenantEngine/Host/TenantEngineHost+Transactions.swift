import Access
import ChromaModel
import TenantStorage

/// Transactions (protocol §1.9).
extension TenantEngineHost {
    package func get(
        _ request: GetRequest, asOf token: UInt64?, from collection: CollectionID,
        in scope: DatabaseScope
    ) async throws -> (records: [RecordView], token: UInt64) {
        let sections =
            .ids | .orders | request.selection.sectionsNeeded | request.include.sectionsNeeded
        return try await search(collection, scope, reading: sections) { records, deadline in
            let selector = RowSelector(records: records, deadline: deadline)
            let (snapshot, rows, token) = try selector.select(
                request.selection, asOf: token, countMax: request.rowsNeeded)
            let page = try snapshot.page(
                rows, offset: request.offset, limit: request.limit, until: deadline)
            let viewer = RowViewer(snapshot, request.include)
            return (try viewer.views(of: page, until: deadline), token)
        }
    }

    package func commit(
        _ transaction: RecordTransaction, to collection: CollectionID, in scope: DatabaseScope
    ) async throws -> UInt64? {
        try await withCollection(collection, scope) { _, _ in }
        let changes = transaction.changes.filter { !$0.ids.isEmpty }
        guard !changes.isEmpty else { return nil }
        let bytes = LogEntrySerializer.bytes(
            of: .transactionCommitted(collection: collection, changes: changes))
        let touched = Set(transaction.readIDs).union(changes.flatMap(\.ids))
        let outcome = try await gate.pass(
            .concurrentWritesPerCollection, of: collection, in: scope
        ) {
            try await commit(
                .commitTransaction(
                    collection, database: scope.database,
                    RecordTransaction(
                        readToken: transaction.readToken, readIDs: transaction.readIDs,
                        changes: changes),
                    touched: touched, bytes: bytes),
                for: scope)
        }
        guard case .written(let position) = outcome else { return nil }
        return position.value
    }
}
