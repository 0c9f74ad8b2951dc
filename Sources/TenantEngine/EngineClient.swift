import Access
import ChromaModel
import Usage

/// The data plane's door to tenants' data; in one process it is `TenantEngineHost`.
///
/// Every call takes the scope the authoriser made. A collection that is not in the scope's
/// database, wherever it really is, is `ServiceError.noCollection`, and so is one that the scope
/// doesn't show; a name that it wouldn't show is `permissionDenied`.
/// All calls throw `ServiceError`; those that make collections, forks or records also
/// `unprocessable` past the scope's quotas, exactly, however many make some at once.
package protocol EngineClient: Sendable {
    /// Makes a collection. With `getOrCreate` an existing one of that name is returned as it is.
    func createCollection(_ draft: CollectionDraft, getOrCreate: Bool, in scope: DatabaseScope)
        async throws -> CollectionState
    /// The collections of the scope in order of creation.
    func listCollections(in scope: DatabaseScope, offset: Int, limit: Int?) async throws
        -> [CollectionState]
    func countCollections(in scope: DatabaseScope) async throws -> Int
    /// The collections of all the tenant's databases: what quotas count.
    func countAllCollections(in scope: TenantScope) async throws -> Int
    func collection(named name: CollectionName, in scope: DatabaseScope) async throws
        -> CollectionState
    func collection(id: CollectionID, in scope: DatabaseScope) async throws -> CollectionState
    /// Throws `aborted` when the settings are not the expected ones: read them again and retry.
    func modifyCollection(_ id: CollectionID, _ change: CollectionChange, in scope: DatabaseScope)
        async throws
    func deleteCollection(named name: CollectionName, in scope: DatabaseScope) async throws
    /// Makes a collection that has the records of another as they are now, at once at any size
    /// (protocol §1.7).
    func forkCollection(_ id: CollectionID, as name: CollectionName, in scope: DatabaseScope)
        async throws -> CollectionState
    /// Forks made in the collection's whole tree, deleted ones among them. Throws `notFound`
    /// also when the root of the tree is gone.
    func forkCount(_ id: CollectionID, in scope: DatabaseScope) async throws -> Int
    /// Deletes every collection of the scope's database; for a database that was deleted.
    func deleteAllCollections(in scope: DatabaseScope) async throws

    /// Applies an add, update or upsert. Durable when it returns.
    func write(
        _ batch: RecordBatch, as operation: WriteOperation, to collection: CollectionID,
        in scope: DatabaseScope) async throws
    /// Deletes the selected records and returns upstream's count (protocol §3.5): the number of
    /// requested ids when there is no filter, else the number of records selected.
    func delete(
        _ selection: RecordSelection, limit: Int?, from collection: CollectionID,
        in scope: DatabaseScope
    ) async throws -> Int
    func get(_ request: GetRequest, from collection: CollectionID, in scope: DatabaseScope)
        async throws -> [RecordView]
    /// A get that a transaction goes on from: with the records, the token that stands for what
    /// was read (protocol §1.9).
    ///
    /// - Parameter token: of an earlier get, to read what that one read. Throws `staleRead` when
    ///   it is not kept any more.
    func get(
        _ request: GetRequest, asOf token: UInt64?, from collection: CollectionID,
        in scope: DatabaseScope
    ) async throws -> (records: [RecordView], token: UInt64)
    /// Makes all changes of a transaction or none. Returns the position of its log entry; nil
    /// when there was nothing to change. Throws `writeConflict` when a record that it read or
    /// changes was written after its token, `staleRead` when that cannot be told any more.
    func commit(
        _ transaction: RecordTransaction, to collection: CollectionID, in scope: DatabaseScope
    ) async throws -> UInt64?
    /// One list of records for each row of the request's embeddings, nearest first.
    func query(_ request: QueryRequest, in collection: CollectionID, in scope: DatabaseScope)
        async throws -> [[RecordView]]
    func count(_ collection: CollectionID, at level: ReadLevel, in scope: DatabaseScope)
        async throws -> Int

    /// How much of a collection a read goes through, to charge for one.
    func extent(of collection: CollectionID, in scope: DatabaseScope) async throws -> ReadExtent

    /// Closes a deleted tenant for good and removes its files; for the purge. It takes no scope,
    /// for nobody reaches the tenant any more. Doing it again is fine.
    func removeTenant(_ tenant: TenantID) async throws
    /// Conformance mode only: closes every tenant and removes all tenants' data.
    func removeEverything() async throws
}

extension EngineClient {
    /// The number of records, every acknowledged write counted.
    package func count(_ collection: CollectionID, in scope: DatabaseScope) async throws -> Int {
        try await count(collection, at: .indexAndLog, in: scope)
    }
}
