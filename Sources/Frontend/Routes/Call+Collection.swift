import Access
import ChromaModel

extension Call {
    /// The collection that a data route's path names. Throws `invalidArgument` when it is no
    /// UUID (protocol §1.5.2).
    func collectionID() throws -> CollectionID {
        guard let uuid = UniqueID(path.collectionID) else {
            throw ServiceError.invalid("Collection ID is not a valid UUIDv4")
        }
        return CollectionID(uuid)
    }
}

extension DatabaseScope? {
    /// The scope; without one the collection is missing like any other (protocol §1.5.2).
    /// Throws `notFound`.
    func holding(_ collection: CollectionID) throws -> DatabaseScope {
        guard let self else { throw ServiceError.noCollection(id: collection.description) }
        return self
    }

    /// As `holding` does, for a collection that is asked for by name.
    func holding(_ collection: CollectionName) throws -> DatabaseScope {
        guard let self else { throw ServiceError.noCollection(name: collection.value) }
        return self
    }
}
