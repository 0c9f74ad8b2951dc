import Access
import ChromaModel
import NIOPosix
import Platform
import Telemetry
import TenantStorage
import Usage
import VectorIndex

extension TenantEngineHost: EngineClient {
    package func createCollection(
        _ draft: CollectionDraft, getOrCreate: Bool, in scope: DatabaseScope
    ) async throws -> CollectionState {
        let outcome = try await commit(
            .createCollection(
                id: CollectionID(UniqueID(version4From: random.pair())),
                database: scope.database, draft: draft, getOrCreate: getOrCreate),
            for: scope)
        return try outcome.collection()
    }

    package func forkCollection(
        _ id: CollectionID, as name: CollectionName, in scope: DatabaseScope
    ) async throws -> CollectionState {
        let new = CollectionID(UniqueID(version4From: random.pair()))
        let outcome = try await commit(
            .forkCollection(id, database: scope.database, id: new, name), for: scope)
        return try outcome.collection()
    }

    package func forkCount(_ id: CollectionID, in scope: DatabaseScope) async throws -> Int {
        try await withEngine(for: scope.tenant) { engine in
            let root = try engine.collection(id, in: scope).state.root
            _ = try engine.collection(root, in: scope.database)
            return engine.withDirectory { $0.lineages.forkCount(root) }
        }
    }

    package func listCollections(in scope: DatabaseScope, offset: Int, limit: Int?) async throws
        -> [CollectionState]
    {
        let collections = try await withEngine(for: scope.tenant) { engine in
            scope.shown(engine.withDirectory { $0.list(scope.database) })
        }
        let start = min(offset, collections.count)
        return collections[start...].prefix(limit ?? .max).map(\.state)
    }

    package func countCollections(in scope: DatabaseScope) async throws -> Int {
        try await withEngine(for: scope.tenant) { engine in
            guard scope.collections != nil else {
                return engine.withDirectory { $0.count(scope.database) }
            }
            return scope.shown(engine.withDirectory { $0.list(scope.database) }).count
        }
    }

    package func countAllCollections(in scope: TenantScope) async throws -> Int {
        try await withEngine(for: scope.tenant) { engine in
            engine.withDirectory { $0.totalCount }
        }
    }

    package func collection(named name: CollectionName, in scope: DatabaseScope) async throws
        -> CollectionState
    {
        let found = try await withEngine(for: scope.tenant) { engine in
            engine.withDirectory { $0.collection(named: name, in: scope.database) }
        }
        guard let found, scope.shows(name) else {
            throw ServiceError.noCollection(name: name.value)
        }
        return found.state
    }

    package func collection(id: CollectionID, in scope: DatabaseScope) async throws
        -> CollectionState
    {
        try await withCollection(id, scope) { $1.state }
    }

    package func modifyCollection(
        _ id: CollectionID, _ change: CollectionChange, in scope: DatabaseScope
    ) async throws {
        _ = try await commit(.modifyCollection(id, database: scope.database, change), for: scope)
    }

    package func deleteCollection(named name: CollectionName, in scope: DatabaseScope)
        async throws
    {
        _ = try await commit(.deleteCollection(name, database: scope.database), for: scope)
    }

    package func deleteAllCollections(in scope: DatabaseScope) async throws {
        _ = try await commit(.dropDatabase(scope.database), for: scope)
    }

    package func write(
        _ batch: RecordBatch, as operation: WriteOperation, to collection: CollectionID,
        in scope: DatabaseScope
    ) async throws {
        guard !batch.ids.isEmpty else {
            try await withCollection(collection, scope) { _, _ in }
            return
        }
        let entry = LogEntry.recordsWritten(
            collection: collection, operation: operation, batch: batch)
        _ = try await gate.pass(.concurrentWritesPerCollection, of: collection, in: scope) {
            try await commit(
                .writeRecords(
                    collection, database: scope.database, operation, batch,
                    bytes: LogEntrySerializer.bytes(of: entry)),
                for: scope)
        }
    }

    package func delete(
        _ selection: RecordSelection, limit: Int?, from collection: CollectionID,
        in scope: DatabaseScope
    ) async throws -> Int {
        guard selection.ids != nil || selection.filter != nil else {
            return try await withCollection(collection, scope) { _, _ in 0 }
        }
        var ids = selection.ids ?? []
        if selection.filter != nil {
            ids = try await search(
                collection, scope, reading: .ids | .orders | selection.sectionsNeeded
            ) { records, deadline in
                let selector = RowSelector(records: records, deadline: deadline)
                let (snapshot, rows) = try selector.select(selection, countMax: limit ?? .max)
                return try snapshot.page(rows, offset: 0, limit: limit, until: deadline).map {
                    snapshot.part(of: $0).id(of: Int($0.row))
                }
            }
        } else {
            try await withCollection(collection, scope) { _, _ in }
        }
        guard !ids.isEmpty else { return 0 }
        let entry = LogEntry.recordsDeleted(collection: collection, ids: ids)
        _ = try await gate.pass(.concurrentWritesPerCollection, of: collection, in: scope) {
            try await commit(
                .deleteRecords(
                    collection, database: scope.database, ids,
                    bytes: LogEntrySerializer.bytes(of: entry)),
                for: scope)
        }
        return ids.count
    }

    package func get(
        _ request: GetRequest, from collection: CollectionID, in scope: DatabaseScope
    ) async throws -> [RecordView] {
        let sections =
            .ids | .orders | request.selection.sectionsNeeded | request.include.sectionsNeeded
        return try await search(
            collection, scope, reading: sections, expecting: request.isBounded ? { $0.get } : nil
        ) { records, deadline in
            let selector = RowSelector(records: records, deadline: deadline)
            let (snapshot, rows) = try selector.select(
                request.selection, countMax: request.rowsNeeded)
            let page = try snapshot.page(
                rows, offset: request.offset, limit: request.limit, until: deadline)
            return try SearchNotes.step("hydrate") {
                try RowViewer(snapshot, request.include).views(of: page, until: deadline)
            }
        }
    }

    package func extent(of collection: CollectionID, in scope: DatabaseScope) async throws
        -> ReadExtent
    {
        try await withCollection(collection, scope) { $1.contents.extent }
    }

    package func count(
        _ collection: CollectionID, at level: ReadLevel, in scope: DatabaseScope
    ) async throws -> Int {
        try await withCollection(collection, scope) { engine, found in
            if let count = found.contents.count(at: level) { return count }
            return try await engine.records(of: found, needing: [])
                .snapshot(at: level).liveCount
        }
    }

    /// Calls `body` with a collection, whose tenant stays open meanwhile.
    func withCollection<Result: Sendable>(
        _ id: CollectionID, _ scope: DatabaseScope,
        _ body: (TenantEngine, Collection) async throws -> Result
    ) async throws -> Result {
        try await withEngine(for: scope.tenant) { engine in
            try await body(engine, try engine.collection(id, in: scope))
        }
    }

    /// Commits through the tenant's engine; once more when that one's log failed and it was
    /// opened anew before the proposal was taken.
    func commit(_ proposal: Proposal, for scope: DatabaseScope) async throws
        -> CommitOutcome
    {
        let attempt = {
            try await self.withEngine(for: scope.tenant) { engine in
                try scope.admit(proposal, to: engine)
                engine.activity(for: scope).writes.add()
                return try await engine.commit(
                    proposal, within: scope.quotas, for: scope.payer)
            }
        }
        do { return try await attempt() } catch is EngineClosed { return try await attempt() }
    }
}

extension GetRequest {
    /// Rows from the first on that the answer is cut from.
    var rowsNeeded: Int {
        let (sum, overflow) = offset.addingReportingOverflow(limit ?? .max)
        return overflow ? .max : sum
    }
}
