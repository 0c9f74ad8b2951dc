import ChromaModel

/// Holds a tenant to the quotas that count what it has: collections, forks, records.
///
/// It is asked in the order in which changes are made, with what the group staged so far, so no
/// race passes a limit. Limits come with each proposal and are no part of the log: replay never
/// refuses. A write that replaces records and adds none is let in even past a limit that was
/// lowered since.
struct StockLedger {
    /// Collections that staged entries make.
    private var collectionsMade = 0
    private var removesCollections = false
    /// By how many records at most staged entries add to a collection; 0 where they only remove.
    private var recordsAddedMax: [CollectionID: Int] = [:]

    /// Notes a proposal that can be staged otherwise. Nil lets it in; else it is refused, or has
    /// to wait until what is staged is applied and can be counted.
    mutating func admit(
        _ proposal: Proposal, within quotas: EffectiveQuotas, in directory: CollectionDirectory
    ) -> Staging? {
        switch proposal {
        case .createCollection: return admitCollection(.createCollection, quotas, directory)
        case .forkCollection(let source, _, _, _):
            return refusalOfFork(of: source, quotas, directory)
                ?? admitCollection(.forkCollection, quotas, directory)
        case .deleteCollection, .dropDatabase: removesCollections = true
        case .writeRecords(let id, _, let operation, let batch, _):
            return admit([.write(operation, batch)], to: id, quotas, directory)
        case .deleteRecords(let id, _, let ids, _):
            return admit([.delete(ids)], to: id, quotas, directory)
        case .commitTransaction(let id, _, let transaction, _, _):
            return admit(transaction.changes, to: id, quotas, directory)
        case .modifyCollection: break
        }
        return nil
    }

    private mutating func admitCollection(
        _ action: QuotaAction, _ quotas: EffectiveQuotas, _ directory: CollectionDirectory
    ) -> Staging? {
        let limit = quotas[.numCollections]
        guard directory.totalCount + collectionsMade >= limit else {
            collectionsMade += 1
            return nil
        }
        if collectionsMade > 0 || removesCollections { return .wait }
        return .refuse(
            .quotaExceeded(
                .numCollections, for: action, current: directory.totalCount + 1, limit: limit))
    }

    /// A group has one fork of a tree at most, so the applied ones are all there are.
    private func refusalOfFork(
        of source: CollectionID, _ quotas: EffectiveQuotas, _ directory: CollectionDirectory
    ) -> Staging? {
        guard let root = directory.collection(source)?.state.root else { return nil }
        let count = directory.lineages.forkCount(root) + 1
        let limit = quotas[.numForks]
        guard count > limit else { return nil }
        return .refuse(
            .quotaExceeded(.numForks, for: .forkCollection, current: count, limit: limit))
    }

    /// Far from the limit ids are only counted; near it they are looked up.
    private mutating func admit(
        _ changes: [RecordChange], to id: CollectionID, _ quotas: EffectiveQuotas,
        _ directory: CollectionDirectory
    ) -> Staging? {
        // Who proposes a change has the records read first.
        guard let records = directory.collection(id)?.contents.records else {
            return .refuse(ServiceError(.unavailable, "The collection is being read; retry"))
        }
        let addedMax = changes.reduce(0) { $1.addingAction == nil ? $0 : $0 + $1.ids.count }
        let limit = quotas[.collectionSizeRecords]
        let live = records.snapshot().liveCount
        let staged = recordsAddedMax[id]
        guard addedMax > 0, live + (staged ?? 0) + addedMax > limit else {
            recordsAddedMax[id, default: 0] += addedMax
            return nil
        }
        guard staged == nil else { return .wait }
        let growth = records.growth(by: changes)
        guard growth <= 0 || live + growth <= limit else {
            return .refuse(
                .quotaExceeded(
                    .collectionSizeRecords,
                    for: changes.compactMap(\.addingAction).first ?? .upsert,
                    current: live + growth, limit: limit))
        }
        recordsAddedMax[id] = max(0, growth)
        return nil
    }
}
