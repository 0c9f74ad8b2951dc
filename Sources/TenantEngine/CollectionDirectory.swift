import ChromaModel
import Usage

/// The collections of a tenant, by id and by database and name.
struct CollectionDirectory {
    /// The collections of one database.
    private struct Shelf {
        var names: [CollectionName: Collection] = [:]
        /// In order of creation.
        var ordered: [Collection] = []
    }

    private var collections: [CollectionID: Collection] = [:]
    private var shelves: [DatabaseID: Shelf] = [:]
    /// The trees that forks make.
    var lineages = Lineages()
    /// What writes cost, as far as the keeper of usage may not know it.
    var usage = WriteUsage()
    /// Counts the memory of records that are in no segment yet.
    let budget: TenantBudget?

    init(budget: TenantBudget? = nil) { self.budget = budget }

    /// Collections of all databases.
    var totalCount: Int { collections.count }

    /// All collections, in no order.
    var all: [Collection] { Array(collections.values) }

    /// The collection with that id, if it is in that database.
    func collection(_ id: CollectionID, in database: DatabaseID) -> Collection? {
        collections[id].flatMap { $0.database == database ? $0 : nil }
    }

    /// The collection with that id, wherever it is; for replay.
    func collection(_ id: CollectionID) -> Collection? { collections[id] }

    func collection(named name: CollectionName, in database: DatabaseID) -> Collection? {
        shelves[database]?.names[name]
    }

    /// The collections of a database in order of creation.
    func list(_ database: DatabaseID) -> [Collection] { shelves[database]?.ordered ?? [] }

    func count(_ database: DatabaseID) -> Int { shelves[database]?.ordered.count ?? 0 }

    /// Adds a collection made after all others.
    mutating func insert(_ collection: Collection, named name: CollectionName) {
        collections[collection.id] = collection
        shelves[collection.database, default: Shelf()].names[name] = collection
        shelves[collection.database, default: Shelf()].ordered.append(collection)
    }

    mutating func rename(_ collection: Collection, from old: CollectionName, to new: CollectionName)
    {
        shelves[collection.database]?.names[old] = nil
        shelves[collection.database]?.names[new] = collection
    }

    mutating func remove(_ collection: Collection, named name: CollectionName) {
        collections[collection.id] = nil
        shelves[collection.database]?.names[name] = nil
        guard let shelf = shelves[collection.database] else { return }
        if shelf.names.isEmpty {
            shelves[collection.database] = nil
        } else if let place = Self.place(of: collection, in: shelf.ordered) {
            shelves[collection.database]?.ordered.remove(at: place)
        }
    }

    /// Binary search by creation.
    private static func place(of collection: Collection, in ordered: [Collection]) -> Int? {
        var low = 0
        var high = ordered.count
        while low < high {
            let middle = (low + high) / 2
            if ordered[middle].createdAt < collection.createdAt {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < ordered.count && ordered[low] === collection ? low : nil
    }
}
