import ChromaModel
import Synchronization

/// A live collection: what it is and the records it holds.
final class Collection: Sendable {
    let id: CollectionID
    let database: DatabaseID
    /// Position of the entry that created it: the order of lists.
    let createdAt: UInt64
    let contents: CollectionContents
    /// Of the searches in it, since it was opened.
    let searchCosts = SearchCosts()
    private let current: Mutex<CollectionState>
    private let deletion = Atomic(false)

    init(_ state: CollectionState, contents: CollectionContents = CollectionContents()) {
        self.contents = contents
        id = state.id
        database = state.database
        createdAt = state.createdAt
        current = Mutex(state)
    }

    var state: CollectionState { current.withLock { $0 } }

    /// Whether it was deleted since it was found; its searches end then.
    var isDeleted: Bool { deletion.load(ordering: .relaxed) }

    /// Notes that it is no longer in its directory.
    func noteDeleted() { deletion.store(true, ordering: .relaxed) }

    /// Changes what the collection is; the sequencer's or replay's alone.
    func update(_ body: (inout CollectionState) -> Void) { current.withLock { body(&$0) } }
}
