import ChromaModel
import TenantStorage
import Usage

/// What applying an entry led to.
struct Applied {
    var outcome: CommitOutcome = .done
    var changes: [CatalogChange] = []
}

extension CollectionDirectory {
    /// Folds one log entry in. Live commits and replay both come through here, so that they
    /// always agree. An entry for a collection that is gone has no effect.
    mutating func apply(_ entry: LogEntry, at position: LogPosition) -> Applied {
        switch entry {
        case .collectionCreated(let id, let database, let name, let metadata, let settings):
            let collection = Collection(
                CollectionState(
                    id: id, database: database, name: name, metadata: metadata,
                    settings: settings, dimension: nil, logPosition: 0, version: 0,
                    createdAt: position.value),
                contents: CollectionContents(
                    open: CollectionRecords(RecordWriter(at: position.value, budget: budget))))
            insert(collection, named: name)
            return Applied(outcome: .collection(collection.state), changes: [put(collection)])
        case .collectionModified(let id, let change): return modify(id, change)
        case .collectionDeleted(let id):
            guard let collection = collection(id) else { return Applied() }
            return Applied(changes: [remove(collection, at: position)])
        case .databaseDropped(let database):
            return Applied(changes: list(database).map { remove($0, at: position) })
        case .collectionForked(let source, let id, let name):
            return fork(source, as: id, named: name, at: position)
        case .recordsWritten, .recordsDeleted, .transactionCommitted:
            guard let (id, changes) = entry.recordChanges else { return Applied() }
            return collection(id)?.apply(changes, at: position) ?? Applied()
        case .charged(let charges):
            usage.add(charges, at: position.value)
            return Applied()
        }
    }

    private mutating func modify(_ id: CollectionID, _ change: CollectionChange) -> Applied {
        guard let collection = collection(id) else { return Applied() }
        if let name = change.name {
            rename(collection, from: collection.state.name, to: name)
        }
        collection.update { state in
            if let name = change.name { state.name = name }
            if let metadata = change.metadata { state.metadata = metadata }
            if let settings = change.settings { state.settings = settings }
        }
        return Applied(changes: [put(collection)])
    }

    /// The fork and its source share all parts; each goes its own way from here.
    private mutating func fork(
        _ source: CollectionID, as id: CollectionID, named name: CollectionName,
        at position: LogPosition
    ) -> Applied {
        guard let source = collection(source) else { return Applied() }
        let state = source.state.forked(as: id, named: name, createdAt: position.value)
        let fork = Collection(state, contents: source.contents.fork(at: position.value))
        insert(fork, named: name)
        lineages.addFork(state.root)
        usage.noteResized(id, in: state.database, at: position.value)
        return Applied(outcome: .collection(state), changes: [put(fork)])
    }

    private mutating func remove(_ collection: Collection, at position: LogPosition)
        -> CatalogChange
    {
        usage.noteResized(collection.id, in: collection.database, at: position.value)
        remove(collection, named: collection.state.name)
        collection.noteDeleted()
        lineages.removeMember(collection.state.root)
        return .remove(collection.id)
    }

    private func put(_ collection: Collection) -> CatalogChange {
        .put(CatalogRow(collection.state))
    }
}

extension LogEntry {
    /// The collection whose records the entry changes, and how; nil for every other kind.
    var recordChanges: (CollectionID, [RecordChange])? {
        switch self {
        case .recordsWritten(let id, let operation, let batch): (id, [.write(operation, batch)])
        case .recordsDeleted(let id, let ids): (id, [.delete(ids)])
        case .transactionCommitted(let id, let changes): (id, changes)
        default: nil
        }
    }
}

extension Collection {
    /// Folds the changes of a record entry in. The first embedding ever written sets the
    /// dimension, even when the write itself has no effect (protocol §3.1).
    func apply(_ changes: [RecordChange], at position: LogPosition) -> Applied {
        var applied = Applied(outcome: .written(at: position))
        update { state in for change in changes { state.written.add(change) } }
        if state.dimension == nil, let dimension = changes.lazy.compactMap(\.dimension).first {
            update { $0.dimension = dimension }
            applied.changes = [.put(CatalogRow(state))]
        }
        contents.fold(changes, at: position.value)
        return applied
    }
}
