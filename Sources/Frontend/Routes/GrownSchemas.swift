import ChromaModel
import ChromaWire
import Synchronization

/// Collections as clients see them: their schemas know the keys that records have
/// (protocol §5.5).
///
/// The engine keeps the schema as it was given and the keys beside it; here they become one text,
/// made once for each step of a collection's growth.
final class GrownSchemas: Sendable {
    /// Bytes of texts kept; past it the cache starts anew.
    private static let bytesMax = 32 << 20

    /// Tenants restored from one backup have collections of one id.
    private struct Place: Hashable {
        let database: DatabaseID
        let collection: CollectionID
    }

    private struct Entry {
        /// The schema it grew from, and by how many pairs of key and type.
        let base: String
        let pairCount: Int
        let text: String
    }

    private struct Cache {
        var entries: [Place: Entry] = [:]
        var byteCount = 0
    }

    private let flavour: IndexFlavour
    private let cache = Mutex(Cache())

    /// - Parameter flavour: new keys appear at once as in the single-node server, or with the
    ///   next compaction as in Chroma Cloud.
    init(flavour: IndexFlavour) { self.flavour = flavour }

    /// Throws `internalError` when the stored schema is damaged.
    func shown(_ state: CollectionState) throws(ServiceError) -> CollectionState {
        let keyTypes = (flavour == .hnsw ? state.written : state.indexed).keyTypes
        guard keyTypes.pairCount > 0 else { return state }
        var shown = state
        shown.settings.schemaJSON = try text(of: state, grownBy: keyTypes)
        return shown
    }

    private func text(of state: CollectionState, grownBy keyTypes: KeyTypes) throws(ServiceError)
        -> String
    {
        let base = state.settings.schemaJSON
        let place = Place(database: state.database, collection: state.id)
        let known = cache.withLock { $0.entries[place] }
        if let known, known.pairCount == keyTypes.pairCount, known.base.isByteEqual(to: base) {
            return known.text
        }
        let text = try state.settings.schemaJSON(grownBy: keyTypes)
        let entry = Entry(base: base, pairCount: keyTypes.pairCount, text: text)
        cache.withLock { cache in
            if cache.byteCount > Self.bytesMax { cache = Cache() }
            cache.byteCount += base.utf8.count + text.utf8.count
            cache.entries[place] = entry
        }
        return text
    }
}
