import Access
import ChromaModel
import Platform
import TenantEngine
import Usage

/// The engine as its contract reads: every collection an array of records in memory, every
/// search a walk over it. Slow and obviously right; the model that the real engine is held to.
package actor ReferenceEngine: EngineClient {
    private struct Entry {
        let tenant: TenantID
        var state: CollectionState
        var records = ReferenceRecords()
        /// Position of each id's last write.
        var writes: [RecordID: UInt64] = [:]
        /// What the records were at each position that wrote some.
        var past: [UInt64: ReferenceRecords] = [:]
        var position: UInt64 = 0

        mutating func wrote(_ ids: [RecordID], at position: UInt64) {
            for id in ids { writes[id] = position }
            self.position = position
            past[position] = records
        }
    }

    private var entries: [CollectionID: Entry] = [:]
    private var position: UInt64 = 0
    /// Forks made in each tree, by its root.
    private var forks: [CollectionID: Int] = [:]
    private let random: SeededRandom

    /// - Parameter seed: of the UUIDs of collections.
    package init(seed: UInt64 = 1) { random = SeededRandom(seed: seed) }

    package func createCollection(
        _ draft: CollectionDraft, getOrCreate: Bool, in scope: DatabaseScope
    ) throws -> CollectionState {
        try scope.checkNaming(draft.name)
        if let existing = find(draft.name, in: scope) {
            guard getOrCreate else { throw ServiceError.collectionExists(draft.name) }
            return existing.state
        }
        try scope.quotas.check(
            .numCollections, count(in: scope.tenantScope) + 1, for: .createCollection)
        position += 1
        let state = CollectionState(
            id: CollectionID(UniqueID(version4From: random.pair())), database: scope.database,
            name: draft.name, metadata: draft.metadata, settings: draft.settings, dimension: nil,
            logPosition: 0, version: 0, createdAt: position)
        entries[state.id] = Entry(tenant: scope.tenant, state: state)
        return state
    }

    package func listCollections(in scope: DatabaseScope, offset: Int, limit: Int?)
        -> [CollectionState]
    {
        let all = visible(in: scope).map(\.state).sorted { $0.createdAt < $1.createdAt }
        return Array(all.dropFirst(offset).prefix(limit ?? .max))
    }

    package func countCollections(in scope: DatabaseScope) -> Int { visible(in: scope).count }

    package func countAllCollections(in scope: TenantScope) -> Int { count(in: scope) }

    package func collection(named name: CollectionName, in scope: DatabaseScope) throws
        -> CollectionState
    {
        guard let entry = find(name, in: scope) else {
            throw ServiceError.noCollection(name: name.value)
        }
        return entry.state
    }

    package func collection(id: CollectionID, in scope: DatabaseScope) throws -> CollectionState {
        try entry(id, in: scope).state
    }

    package func modifyCollection(
        _ id: CollectionID, _ change: CollectionChange, in scope: DatabaseScope
    ) throws {
        var entry = try entry(id, in: scope)
        if let expected = change.expectedSettings, expected != entry.state.settings {
            throw ServiceError.changedMeanwhile
        }
        if let name = change.name {
            try scope.checkNaming(name)
            if let holder = find(name, in: scope), holder.state.id != id {
                throw ServiceError.collectionExists(name)
            }
            entry.state.name = name
        }
        if let metadata = change.metadata { entry.state.metadata = metadata }
        if let settings = change.settings { entry.state.settings = settings }
        entries[id] = entry
    }

    package func deleteCollection(named name: CollectionName, in scope: DatabaseScope) throws {
        entries[try collection(named: name, in: scope).id] = nil
    }

    package func forkCollection(
        _ id: CollectionID, as name: CollectionName, in scope: DatabaseScope
    ) throws -> CollectionState {
        var entry = try entry(id, in: scope)
        try scope.checkNaming(name)
        guard find(name, in: scope) == nil else { throw ServiceError.collectionExists(name) }
        try scope.quotas.check(
            .numForks, forks[entry.state.root, default: 0] + 1, for: .forkCollection)
        try scope.quotas.check(
            .numCollections, count(in: scope.tenantScope) + 1, for: .forkCollection)
        position += 1
        entry.state = entry.state.forked(
            as: CollectionID(UniqueID(version4From: random.pair())), named: name,
            createdAt: position)
        (entry.writes, entry.past, entry.position) = ([:], [:], 0)
        entries[entry.state.id] = entry
        forks[entry.state.root, default: 0] += 1
        return entry.state
    }

    package func forkCount(_ id: CollectionID, in scope: DatabaseScope) throws -> Int {
        let root = try entry(try entry(id, in: scope).state.root, in: scope).state.id
        return forks[root, default: 0]
    }

    package func deleteAllCollections(in scope: DatabaseScope) {
        for entry in visible(in: scope) { entries[entry.state.id] = nil }
    }

    package func write(
        _ batch: RecordBatch, as operation: WriteOperation, to collection: CollectionID,
        in scope: DatabaseScope
    ) throws {
        var entry = try entry(collection, in: scope)
        if let given = batch.embeddings, !batch.ids.isEmpty, given.dimension > 0 {
            let expected = entry.state.dimension ?? given.dimension
            guard expected == given.dimension else {
                throw ServiceError.wrongDimension(expected: expected, got: given.dimension)
            }
            entry.state.dimension = expected
        }
        let before = entry.records.count
        entry.state.written.add(.write(operation, batch))
        entry.records.apply(batch, as: operation)
        if entry.records.count > before {
            try scope.quotas.check(
                .collectionSizeRecords, entry.records.count, for: QuotaAction(operation))
        }
        position += 1
        entry.wrote(batch.ids, at: position)
        entries[collection] = entry
    }

    package func get(
        _ request: GetRequest, asOf token: UInt64?, from collection: CollectionID,
        in scope: DatabaseScope
    ) throws -> (records: [RecordView], token: UInt64) {
        let entry = try entry(collection, in: scope)
        if token == nil, entry.position == 0 {
            entries[collection]?.past[entry.state.createdAt] = entry.records
        }
        let token = token ?? max(entry.position, entry.state.createdAt)
        guard token > 0, token >= entry.position || entry.past[token] != nil else {
            throw ServiceError.staleRead
        }
        let records = token >= entry.position ? entry.records : entry.past[token]
        let selected = try records?.select(request.selection) ?? []
        let page = selected.dropFirst(request.offset).prefix(request.limit ?? .max)
        return (page.map { $0.view(request.include) }, token)
    }

    package func commit(
        _ transaction: RecordTransaction, to collection: CollectionID, in scope: DatabaseScope
    ) throws -> UInt64? {
        var entry = try entry(collection, in: scope)
        let touched = transaction.changes.flatMap(\.ids)
        guard !touched.isEmpty else { return nil }
        if let token = transaction.readToken {
            guard token <= position else { throw ServiceError.invalid("read_token is beyond") }
            guard token > 0, token >= entry.state.createdAt else { throw ServiceError.staleRead }
            let isWritten = (touched + transaction.readIDs).contains {
                entry.writes[$0, default: 0] > token
            }
            if isWritten { throw ServiceError.writeConflict }
        }
        let before = entry.records.count
        for change in transaction.changes {
            entry.state.written.add(change)
            if let dimension = change.dimension {
                guard dimension == entry.state.dimension ?? dimension else {
                    throw ServiceError.wrongDimension(
                        expected: entry.state.dimension ?? 0, got: dimension)
                }
                entry.state.dimension = dimension
            }
            switch change {
            case .write(let operation, let batch): entry.records.apply(batch, as: operation)
            case .delete(let ids): entry.records.remove(Set(ids))
            }
        }
        if entry.records.count > before {
            try scope.quotas.check(
                .collectionSizeRecords, entry.records.count,
                for: transaction.changes.compactMap(\.addingAction).first ?? .upsert)
        }
        position += 1
        entry.wrote(touched, at: position)
        entries[collection] = entry
        return position
    }

    package func delete(
        _ selection: RecordSelection, limit: Int?, from collection: CollectionID,
        in scope: DatabaseScope
    ) throws -> Int {
        var entry = try entry(collection, in: scope)
        guard selection.ids != nil || selection.filter != nil else { return 0 }
        let selected = try entry.records.select(selection).prefix(limit ?? .max)
        entry.records.remove(Set(selected.map(\.id)))
        let deleted = selection.filter == nil ? selection.ids ?? [] : selected.map(\.id)
        entry.state.written.add(.delete(deleted))
        position += 1
        entry.wrote(deleted, at: position)
        entries[collection] = entry
        return deleted.count
    }

    package func get(
        _ request: GetRequest, from collection: CollectionID, in scope: DatabaseScope
    ) throws -> [RecordView] {
        let records = try entry(collection, in: scope).records.select(request.selection)
        return records.dropFirst(request.offset).prefix(request.limit ?? .max)
            .map { $0.view(request.include) }
    }

    package func query(
        _ request: QueryRequest, in collection: CollectionID, in scope: DatabaseScope
    ) throws -> [[RecordView]] {
        let entry = try entry(collection, in: scope)
        let rows = 0..<request.embeddings.rowCount
        guard let dimension = entry.state.dimension else { return rows.map { _ in [] } }
        if !rows.isEmpty, request.embeddings.dimension != dimension {
            throw ServiceError.wrongDimension(
                expected: dimension, got: request.embeddings.dimension)
        }
        let candidates = try entry.records.select(request.selection)
        return rows.map { row in
            let target = request.embeddings.withRow(row) { $0.map(Array.init) ?? [] }
            return ReferenceRecords.nearest(
                request.resultCount, to: target, among: candidates, entry.state.settings.space,
                request.include)
        }
    }

    /// Nothing is ever compacted here.
    package func count(
        _ collection: CollectionID, at level: ReadLevel, in scope: DatabaseScope
    ) throws -> Int {
        let count = try entry(collection, in: scope).records.count
        return level == .indexOnly ? 0 : count
    }

    /// Everything it holds is compacted.
    package func extent(of collection: CollectionID, in scope: DatabaseScope) throws -> ReadExtent {
        let records = try entry(collection, in: scope).records
        return ReadExtent(compactedBytes: UInt64(records.logicalBytes))
    }

    package func removeTenant(_ tenant: TenantID) {
        entries = entries.filter { $0.value.tenant != tenant }
    }

    package func removeEverything() { entries = [:] }

    private func visible(in scope: DatabaseScope) -> [Entry] {
        entries.values.filter {
            $0.tenant == scope.tenant && $0.state.database == scope.database
                && scope.shows($0.state.name)
        }
    }

    private func count(in scope: TenantScope) -> Int {
        entries.values.count { $0.tenant == scope.tenant }
    }

    private func find(_ name: CollectionName, in scope: DatabaseScope) -> Entry? {
        visible(in: scope).first { $0.state.name == name }
    }

    private func entry(_ id: CollectionID, in scope: DatabaseScope) throws -> Entry {
        guard let entry = visible(in: scope).first(where: { $0.state.id == id }) else {
            throw ServiceError.noCollection(id: id.description)
        }
        return entry
    }
}
