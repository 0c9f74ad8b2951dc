import ChromaModel
import NIOCore

/// What a route's function sees of a request: its names, its query string and its body.
struct Call: Sendable {
    /// The path's parameters, percent-decoded.
    var path = PathParameters()
    /// What follows the `?`.
    var query = QueryString("")
    /// The whole body; empty for routes that take none.
    var body = ByteBuffer()
}

/// The values that a request's path has for the parameters of its route.
struct PathParameters: Sendable {
    private let names: [PathParameter]
    private let values: [String]

    /// - Precondition: a value for each name.
    init(names: [PathParameter] = [], values: [String] = []) {
        precondition(names.count == values.count, "each path parameter has one value")
        self.names = names
        self.values = values
    }

    var tenant: TenantName { TenantName(self[.tenant]) }
    var database: DatabaseName { DatabaseName(self[.database]) }
    var collectionName: CollectionName { CollectionName(self[.collectionName]) }
    /// The text in the place of a collection's UUID; not checked.
    var collectionID: String { self[.collectionID] }

    /// The text of a CRN; not checked.
    var crn: String { self[.crn] }

    func contains(_ name: PathParameter) -> Bool { names.contains(name) }

    private subscript(name: PathParameter) -> String {
        guard let place = names.firstIndex(of: name) else {
            preconditionFailure("the route's template has no {\(name.rawValue)}")
        }
        return values[place]
    }
}
