import Access
import ChromaModel
import Synchronization
import Usage

/// How much the last reads went through, as their answers told. Whoever read asks for it at once,
/// to be charged, and is spared another call. Changes made through this process are never missed;
/// one made through another may be, for as long as a note is fresh.
final class FreshExtents: Sendable {
    /// How long it is believed. A read asks within the same millisecond.
    private static let freshFor = Duration.milliseconds(250)
    /// Reads whose readers haven't asked yet, at most.
    private static let countMax = 4096

    private struct Note {
        let extent: ReadExtent
        let time: ContinuousClock.Instant
        /// Who read: no other is answered, whom the engine might refuse.
        let database: DatabaseID
        let shown: CollectionPattern?
    }

    private let notes = Mutex(BoundedCache<CollectionID, Note>(countMax: countMax))

    func note(_ extent: ReadExtent, of collection: CollectionID, in scope: DatabaseScope) {
        let note = Note(
            extent: extent, time: .now, database: scope.database, shown: scope.collections)
        notes.withLock { $0.insert(note, for: collection) }
    }

    /// Gives what was noted once; nil when there is nothing fresh.
    func take(of collection: CollectionID, in scope: DatabaseScope) -> ReadExtent? {
        let note = notes.withLock { notes in
            defer { notes.remove(collection) }
            return notes.find(collection)
        }
        guard let note, note.database == scope.database, note.shown == scope.collections,
            .now - note.time < Self.freshFor
        else { return nil }
        return note.extent
    }

    /// Before a change of the collection.
    func forget(_ collection: CollectionID) { notes.withLock { $0.remove(collection) } }

    /// Before a change that says which collections there are.
    func forgetAll() { notes.withLock { $0.removeAll() } }
}
