import ChromaModel
import TenantStorage

/// A change someone wants, with its log bytes where they don't depend on the state.
enum Proposal: Sendable {
    case createCollection(
        id: CollectionID, database: DatabaseID, draft: CollectionDraft, getOrCreate: Bool)
    case modifyCollection(CollectionID, database: DatabaseID, CollectionChange)
    case deleteCollection(CollectionName, database: DatabaseID)
    case dropDatabase(DatabaseID)
    case forkCollection(CollectionID, database: DatabaseID, id: CollectionID, CollectionName)
    case writeRecords(
        CollectionID, database: DatabaseID, WriteOperation, RecordBatch, bytes: [UInt8])
    case deleteRecords(CollectionID, database: DatabaseID, [RecordID], bytes: [UInt8])
    /// - Parameter touched: the records that it depends on or changes.
    case commitTransaction(
        CollectionID, database: DatabaseID, RecordTransaction, touched: Set<RecordID>,
        bytes: [UInt8])
}

/// What became of a proposal.
enum CommitOutcome: Sendable {
    case done
    case collection(CollectionState)
    /// Records were written, by the entry at this position.
    case written(at: LogPosition)

    /// The collection that was made. Throws `internalError` when there is none.
    func collection() throws(ServiceError) -> CollectionState {
        guard case .collection(let state) = self else {
            throw ServiceError(.internalError, "A new collection has no state")
        }
        return state
    }
}

/// A proposal that may be committed: the fact it became.
struct StagedEntry: Sendable {
    let entry: LogEntry
    let bytes: [UInt8]
}

/// What staging says of a proposal.
enum Staging: Sendable {
    case append(StagedEntry)
    /// Nothing to write: the answer is known.
    case answer(CommitOutcome)
    case refuse(ServiceError)
    /// It depends on an entry staged before it; it is staged again once that is applied.
    case wait
}
