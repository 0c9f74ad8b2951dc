import ChromaModel
import ChromaWire

/// The shapes of bodies that have a name in the API's description.
enum APISchema: String, CaseIterable, Sendable {
    case error = "Error"
    // What many bodies contain.
    case metadata = "Metadata"
    case metadataValue = "MetadataValue"
    case sparseVector = "SparseVector"
    case embeddings = "Embeddings"
    case filter = "Where"
    case documentFilter = "WhereDocument"
    case configuration = "CollectionConfiguration"
    case schema = "Schema"
    // Requests.
    case createTenant = "CreateTenant"
    case updateTenant = "UpdateTenant"
    case createDatabase = "CreateDatabase"
    case createCollection = "CreateCollection"
    case updateCollection = "UpdateCollection"
    case fork = "Fork"
    case write = "Write"
    case update = "Update"
    case delete = "Delete"
    case get = "Get"
    case query = "Query"
    case conditionalGet = "ConditionalGet"
    case conditionalCommit = "ConditionalCommit"
    // Answers.
    case heartbeat = "Heartbeat"
    case healthCheck = "HealthCheck"
    case preFlightChecks = "PreFlightChecks"
    case identity = "Identity"
    case tenant = "Tenant"
    case database = "Database"
    case limits = "Limits"
    case limit = "Limit"
    case collection = "Collection"
    case deleted = "Deleted"
    case getResult = "GetResult"
    case queryResult = "QueryResult"
    case conditionalGetResult = "ConditionalGetResult"
    case commitResult = "CommitResult"
    case forkCount = "ForkCount"
    case indexingStatus = "IndexingStatus"

    var shape: JSONSchema { partShape ?? requestShape ?? answerShape }

    private var partShape: JSONSchema? {
        switch self {
        case .metadata: .map(.named(.metadataValue))
        case .metadataValue:
            .oneOf([
                .string, .integer, .number, .boolean, .null, .named(.sparseVector),
                .list(.oneOf([.string, .integer, .number, .boolean])),
            ])
        case .sparseVector:
            .object(
                [
                    "indices": .list(.integer), "values": .list(.number),
                    "tokens": .nullable(.list(.string)), "#type": .words(["sparse_vector"]),
                ], required: ["indices", "values"])
        // Rows of numbers, or little-endian binary32 in base64.
        case .embeddings: .oneOf([.list(.list(.number)), .list(.string)])
        case .filter, .documentFilter: .map(.any)
        case .configuration:
            .object([
                "hnsw": .nullable(.map(.any)), "spann": .nullable(.map(.any)),
                "embedding_function": .nullable(.map(.any)),
            ])
        case .schema:
            .object(
                [
                    "defaults": .map(.any), "keys": .map(.map(.any)),
                    "cmek": .nullable(.map(.string)),
                ], required: ["defaults", "keys"])
        default: nil
        }
    }
}
