import Access
import ChromaModel

/// What a scope narrowed to some collections lets through. A collection that it doesn't show is
/// as if it did not exist; nobody gives a collection a name that they couldn't see.
extension DatabaseScope {
    /// Throws `notFound`, or `permissionDenied` for a name.
    func admit(_ proposal: Proposal, to engine: TenantEngine) throws {
        guard collections != nil else { return }
        switch proposal {
        case .createCollection(_, _, let draft, _): try checkNaming(draft.name)
        case .deleteCollection(let name, _):
            guard shows(name) else { throw ServiceError.noCollection(name: name.value) }
        case .modifyCollection(let id, _, let change):
            _ = try engine.collection(id, in: self)
            if let name = change.name { try checkNaming(name) }
        case .forkCollection(let source, _, _, let name):
            _ = try engine.collection(source, in: self)
            try checkNaming(name)
        case .writeRecords(let id, _, _, _, _), .deleteRecords(let id, _, _, _),
            .commitTransaction(let id, _, _, _, _):
            _ = try engine.collection(id, in: self)
        // The authoriser lets nobody with such a scope delete a database.
        case .dropDatabase: break
        }
    }

    /// Those of the collections that exist for the request.
    func shown(_ all: [Collection]) -> [Collection] {
        collections == nil ? all : all.filter { shows($0.state.name) }
    }
}

extension TenantEngine {
    /// The collection with that id, if the scope shows it. Throws `noCollection`.
    func collection(_ id: CollectionID, in scope: DatabaseScope) throws(ServiceError)
        -> Collection
    {
        let found = try collection(id, in: scope.database)
        guard scope.shows(found.state.name) else {
            throw .noCollection(id: id.description)
        }
        return found
    }
}
