import ChromaModel
import TenantStorage

/// Decides, in the order of arrival, which proposals become log entries.
///
/// Pure: it looks at the directory and at what it staged since the last `reset`, and changes
/// neither log nor tail. A proposal that touches something an earlier one of the same group
/// changes has to wait for the next group, so that it never decides on a state that is not yet
/// applied. Plain record writes don't wait for each other.
struct Sequencer {
    private var changedNames: Set<QualifiedName> = []
    private var changedCollections: Set<CollectionID> = []
    private var changedDatabases: Set<DatabaseID> = []
    /// By root.
    private var changedTrees: Set<CollectionID> = []
    /// Collections with changes to records.
    private var writtenCollections: Set<CollectionID> = []
    private var stocks = StockLedger()

    private struct QualifiedName: Hashable {
        let database: DatabaseID
        let name: CollectionName
    }

    /// - Parameters:
    ///   - quotas: what the proposer is held to.
    ///   - head: position of the log's last entry.
    mutating func stage(
        _ proposal: Proposal, within quotas: EffectiveQuotas, in directory: CollectionDirectory,
        head: LogPosition
    ) -> Staging {
        let staging = stage(proposal, in: directory, head: head)
        guard case .append = staging else { return staging }
        return stocks.admit(proposal, within: quotas, in: directory) ?? staging
    }

    private mutating func stage(
        _ proposal: Proposal, in directory: CollectionDirectory, head: LogPosition
    ) -> Staging {
        switch proposal {
        case .createCollection(let id, let database, let draft, let getOrCreate):
            stageCreate(id, database, draft, getOrCreate, directory)
        case .modifyCollection(let id, let database, let change):
            stageModify(id, database, change, directory)
        case .deleteCollection(let name, let database): stageDelete(name, database, directory)
        case .dropDatabase(let database): stageDrop(database, directory)
        case .forkCollection(let source, let database, let id, let name):
            stageFork(source, database, id, name, directory)
        case .writeRecords(let id, let database, let operation, let batch, let bytes):
            stageWrite(id, database, operation, batch, bytes, directory)
        case .deleteRecords(let id, let database, let ids, let bytes):
            stageRecords(id, database, directory) { _ in
                StagedEntry(entry: .recordsDeleted(collection: id, ids: ids), bytes: bytes)
            }
        case .commitTransaction(let id, let database, let transaction, let touched, let bytes):
            stageTransaction(id, database, transaction, touched, bytes, directory, head)
        }
    }

    /// Forgets the group: it is applied.
    mutating func reset() { self = Sequencer() }

    private mutating func stageCreate(
        _ id: CollectionID, _ database: DatabaseID, _ draft: CollectionDraft,
        _ getOrCreate: Bool, _ directory: CollectionDirectory
    ) -> Staging {
        guard !isChanged(draft.name, in: database) else { return .wait }
        if let existing = directory.collection(named: draft.name, in: database) {
            guard !changedCollections.contains(existing.id) else { return .wait }
            return getOrCreate
                ? .answer(.collection(existing.state))
                : .refuse(.collectionExists(draft.name))
        }
        changedNames.insert(QualifiedName(database: database, name: draft.name))
        changedCollections.insert(id)
        return append(
            .collectionCreated(
                id: id, database: database, name: draft.name, metadata: draft.metadata,
                settings: draft.settings))
    }

    private mutating func stageModify(
        _ id: CollectionID, _ database: DatabaseID, _ change: CollectionChange,
        _ directory: CollectionDirectory
    ) -> Staging {
        guard !isChanged(id, in: database) else { return .wait }
        guard let collection = directory.collection(id, in: database) else {
            return .refuse(.noCollection(id: id.description))
        }
        if let expected = change.expectedSettings, expected != collection.state.settings {
            return .refuse(.changedMeanwhile)
        }
        var change = change
        let name = collection.state.name
        if change.name == name { change.name = nil }
        if let new = change.name {
            guard !isChanged(new, in: database), !isChanged(name, in: database) else {
                return .wait
            }
            guard directory.collection(named: new, in: database) == nil else {
                return .refuse(.collectionExists(new))
            }
            changedNames.insert(QualifiedName(database: database, name: new))
            changedNames.insert(QualifiedName(database: database, name: name))
        }
        guard change.name != nil || change.metadata != nil || change.settings != nil else {
            return .answer(.done)
        }
        changedCollections.insert(id)
        return append(.collectionModified(id: id, change: change))
    }

    private mutating func stageDelete(
        _ name: CollectionName, _ database: DatabaseID, _ directory: CollectionDirectory
    ) -> Staging {
        guard !isChanged(name, in: database) else { return .wait }
        guard let collection = directory.collection(named: name, in: database) else {
            return .refuse(.noCollection(name: name.value))
        }
        changedNames.insert(QualifiedName(database: database, name: name))
        changedCollections.insert(collection.id)
        return append(.collectionDeleted(id: collection.id))
    }

    private mutating func stageDrop(_ database: DatabaseID, _ directory: CollectionDirectory)
        -> Staging
    {
        let isTouched =
            changedNames.contains { $0.database == database }
            || changedDatabases.contains(database)
        guard !isTouched else { return .wait }
        guard directory.count(database) > 0 else { return .answer(.done) }
        changedDatabases.insert(database)
        return append(.databaseDropped(database))
    }

    private mutating func stageFork(
        _ source: CollectionID, _ database: DatabaseID, _ id: CollectionID,
        _ name: CollectionName, _ directory: CollectionDirectory
    ) -> Staging {
        guard !isChanged(source, in: database), !isChanged(name, in: database) else {
            return .wait
        }
        guard let found = directory.collection(source, in: database) else {
            return .refuse(.noCollection(id: source.description))
        }
        if let damage = found.contents.damage { return .refuse(damage.refusal) }
        let root = found.state.root
        guard !changedTrees.contains(root) else { return .wait }
        guard directory.collection(named: name, in: database) == nil else {
            return .refuse(.collectionExists(name))
        }
        changedTrees.insert(root)
        changedNames.insert(QualifiedName(database: database, name: name))
        changedCollections.insert(id)
        return append(.collectionForked(source: source, id: id, name: name))
    }

    private mutating func stageWrite(
        _ id: CollectionID, _ database: DatabaseID, _ operation: WriteOperation,
        _ batch: RecordBatch, _ bytes: [UInt8], _ directory: CollectionDirectory
    ) -> Staging {
        let entry = StagedEntry(
            entry: .recordsWritten(collection: id, operation: operation, batch: batch),
            bytes: bytes)
        return stageChanges([.write(operation, batch)], as: entry, id, database, directory)
    }

    /// A transaction is decided on what is applied: it waits for every write staged before it.
    private mutating func stageTransaction(
        _ id: CollectionID, _ database: DatabaseID, _ transaction: RecordTransaction,
        _ touched: Set<RecordID>, _ bytes: [UInt8], _ directory: CollectionDirectory,
        _ head: LogPosition
    ) -> Staging {
        guard !isChanged(id, in: database), !writtenCollections.contains(id) else {
            return .wait
        }
        if let token = transaction.readToken,
            let collection = directory.collection(id, in: database)
        {
            guard token <= head.value else {
                return .refuse(.invalid("read_token \(token) is beyond the end of the log"))
            }
            do { try collection.contents.records?.check(touched, after: token) } catch {
                return .refuse(error)
            }
        }
        let entry = StagedEntry(
            entry: .transactionCommitted(collection: id, changes: transaction.changes),
            bytes: bytes)
        return stageChanges(transaction.changes, as: entry, id, database, directory)
    }

    /// Stages changes whose embeddings all have the collection's dimension, or set it.
    private mutating func stageChanges(
        _ changes: [RecordChange], as entry: StagedEntry, _ id: CollectionID,
        _ database: DatabaseID, _ directory: CollectionDirectory
    ) -> Staging {
        var setsDimension = false
        let staging = stageRecords(id, database, directory) { state throws(ServiceError) in
            var expected = state.dimension
            for case let dimension? in changes.map(\.dimension) {
                guard dimension == expected ?? dimension else {
                    throw .wrongDimension(expected: expected ?? 0, got: dimension)
                }
                expected = dimension
            }
            setsDimension = expected != state.dimension
            return entry
        }
        if case .append = staging, setsDimension { changedCollections.insert(id) }
        return staging
    }

    private mutating func stageRecords(
        _ id: CollectionID, _ database: DatabaseID, _ directory: CollectionDirectory,
        _ entry: (CollectionState) throws(ServiceError) -> StagedEntry
    ) -> Staging {
        guard !isChanged(id, in: database) else { return .wait }
        guard let collection = directory.collection(id, in: database) else {
            return .refuse(.noCollection(id: id.description))
        }
        do {
            let entry = try entry(collection.state)
            writtenCollections.insert(id)
            return .append(entry)
        } catch { return .refuse(error) }
    }

    private func append(_ entry: LogEntry) -> Staging {
        .append(StagedEntry(entry: entry, bytes: LogEntrySerializer.bytes(of: entry)))
    }

    private func isChanged(_ id: CollectionID, in database: DatabaseID) -> Bool {
        changedCollections.contains(id) || changedDatabases.contains(database)
    }

    private func isChanged(_ name: CollectionName, in database: DatabaseID) -> Bool {
        changedDatabases.contains(database)
            || changedNames.contains(QualifiedName(database: database, name: name))
    }
}
