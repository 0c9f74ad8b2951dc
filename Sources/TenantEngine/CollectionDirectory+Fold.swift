import ChromaModel
import TenantStorage

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
                records: CollectionRecords(RecordWriter(budget: budget)))
            insert(collection, named: name)
            return Applied(outcome: .collection(collection.state), changes: [put(collection)])
        case .collectionModified(let id, let change): return modify(id, change)
        case .collectionDeleted(let id):
            guard let collection = collection(id) else { return Applied() }
            return Applied(changes: [remove(collection)])
        case .databaseDropped(let database):
            return Applied(changes: list(database).map { remove($0) })
        case .collectionForked(let source, let id, let name):
            return fork(source, as: id, named: name, at: position)
        case .recordsWritten(let id, _, _), .recordsDeleted(let id, _):
            return collection(id)?.apply(entry) ?? Applied()
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
        let fork = Collection(state, records: source.records.fork())
        insert(fork, named: name)
        lineages.addFork(state.root)
        return Applied(outcome: .collection(state), changes: [put(fork)])
    }

    private mutating func remove(_ collection: Collection) -> CatalogChange {
        remove(collection, named: collection.state.name)
        lineages.removeMember(collection.state.root)
        return .remove(collection.id)
    }

    private func put(_ collection: Collection) -> CatalogChange {
        .put(CatalogRow(collection.state))
    }
}

extension LogEntry {
    /// The collection whose records the entry changes; nil for every other kind.
    var recordsTarget: CollectionID? {
        switch self {
        case .recordsWritten(let id, _, _), .recordsDeleted(let id, _): id
        default: nil
        }
    }
}

extension Collection {
    /// Folds a record entry in. The first embedding ever written sets the dimension, even when
    /// the write itself has no effect (protocol §3.1).
    func apply(_ entry: LogEntry) -> Applied {
        var applied = Applied()
        switch entry {
        case .recordsWritten(_, let operation, let batch):
            update { $0.written.add(batch) }
            if let embeddings = batch.embeddings, !embeddings.values.isEmpty,
                state.dimension == nil
            {
                update { $0.dimension = embeddings.dimension }
                applied.changes = [.put(CatalogRow(state))]
            }
            records.apply(batch, as: operation)
        case .recordsDeleted(_, let ids):
            update { $0.written.add(deleted: ids) }
            records.remove(ids)
        default: break
        }
        return applied
    }
}
