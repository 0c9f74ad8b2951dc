import Access
import ChromaModel
import Synchronization
import Usage

/// How much the last reads went through, as their answers told. Whoever read asks for it at once,
/// to be charged, and is spared another call.
final class FreshExtents: Sendable {
    /// How long it is believed. A read asks within the same millisecond.
    private static let freshFor = Duration.milliseconds(250)
    /// Reads whose readers haven't asked yet, at most.
    private static let countMax = 4096

    /// A collection, as a scope shows it: no answer is given to whom the engine would refuse it.
    private struct Place: Hashable {
        let tenant: TenantID
        let database: DatabaseID
        let collection: CollectionID
        let shown: CollectionPattern?

        init(_ collection: CollectionID, _ scope: DatabaseScope) {
            tenant = scope.tenant
            database = scope.database
            self.collection = collection
            shown = scope.collections
        }
    }

    private struct Note {
        let extent: ReadExtent
        let time: ContinuousClock.Instant
    }

    private let notes = Mutex(BoundedCache<Place, Note>(countMax: countMax))

    func note(_ extent: ReadExtent, of collection: CollectionID, in scope: DatabaseScope) {
        let note = Note(extent: extent, time: .now)
        notes.withLock { $0.insert(note, for: Place(collection, scope)) }
    }

    /// Gives what was noted once; nil when there is nothing fresh.
    func take(of collection: CollectionID, in scope: DatabaseScope) -> ReadExtent? {
        let place = Place(collection, scope)
        let note = notes.withLock { notes in
            defer { notes.remove(place) }
            return notes.find(place)
        }
        guard let note, .now - note.time < Self.freshFor else { return nil }
        return note.extent
    }
}
