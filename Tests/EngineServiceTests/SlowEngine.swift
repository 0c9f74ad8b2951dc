import Access
import ChromaModel
import TenantEngine
import Usage

/// An engine whose every call takes until its task is cancelled.
actor SlowEngine: EngineClient {
    private(set) var calls = 0
    private var cancelled = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func hasBegun() async { await wait { self.calls > 0 } }
    func wasCancelled() async { await wait { self.cancelled > 0 } }

    private func wait(until isSo: () -> Bool) async {
        while !isSo() { await withCheckedContinuation { waiting.append($0) } }
    }

    private func wake() {
        for continuation in waiting { continuation.resume() }
        waiting = []
    }

    private func forever<Value>(_: Value.Type = Value.self) async throws -> Value {
        calls += 1
        wake()
        do {
            while true { try await Task.sleep(for: .seconds(3600)) }
        } catch {
            cancelled += 1
            wake()
            throw error
        }
    }

    func createCollection(_: CollectionDraft, getOrCreate: Bool, in _: DatabaseScope)
        async throws -> CollectionState
    { try await forever() }
    func listCollections(in _: DatabaseScope, offset: Int, limit: Int?) async throws
        -> [CollectionState]
    { try await forever() }
    func countCollections(in _: DatabaseScope) async throws -> Int { try await forever() }
    func countAllCollections(in _: TenantScope) async throws -> Int { try await forever() }
    func collection(named _: CollectionName, in _: DatabaseScope) async throws -> CollectionState {
        try await forever()
    }
    func collection(id _: CollectionID, in _: DatabaseScope) async throws -> CollectionState {
        try await forever()
    }
    func modifyCollection(_: CollectionID, _: CollectionChange, in _: DatabaseScope)
        async throws
    { try await forever(Void.self) }
    func deleteCollection(named _: CollectionName, in _: DatabaseScope) async throws {
        try await forever(Void.self)
    }
    func forkCollection(_: CollectionID, as _: CollectionName, in _: DatabaseScope) async throws
        -> CollectionState
    { try await forever() }
    func forkCount(_: CollectionID, in _: DatabaseScope) async throws -> Int {
        try await forever()
    }
    func deleteAllCollections(in _: DatabaseScope) async throws { try await forever(Void.self) }
    func write(
        _: RecordBatch, as _: WriteOperation, to _: CollectionID, in _: DatabaseScope
    ) async throws { try await forever(Void.self) }
    func delete(
        _: RecordSelection, limit: Int?, from _: CollectionID, in _: DatabaseScope
    ) async throws -> Int { try await forever() }
    func get(_: GetRequest, from _: CollectionID, in _: DatabaseScope) async throws
        -> [RecordView]
    { try await forever() }
    func get(_: GetRequest, asOf _: UInt64?, from _: CollectionID, in _: DatabaseScope)
        async throws -> (records: [RecordView], token: UInt64)
    { try await forever() }
    func commit(_: RecordTransaction, to _: CollectionID, in _: DatabaseScope) async throws
        -> UInt64?
    { try await forever() }
    func query(_: QueryRequest, in _: CollectionID, in _: DatabaseScope) async throws
        -> [[RecordView]]
    { try await forever() }
    func count(_: CollectionID, at _: ReadLevel, in _: DatabaseScope) async throws -> Int {
        try await forever()
    }
    func extent(of _: CollectionID, in _: DatabaseScope) async throws -> ReadExtent {
        try await forever()
    }
    func removeTenant(_: TenantID) async throws { try await forever(Void.self) }
    func removeEverything() async throws { try await forever(Void.self) }
}
