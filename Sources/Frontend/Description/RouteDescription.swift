import ChromaModel
import HTTPTypes

/// What a route says of itself in the API's description.
struct RouteDescription: Sendable {
    /// The operation's name, unique among all routes.
    let operation: String
    /// One sentence.
    let summary: String
    let query: [QueryParameter]
    /// The JSON body it reads; nil when it reads none.
    let takes: APISchema?
    /// The status when all went well.
    let status: HTTPResponse.Status
    /// The JSON body it answers then; nil when it answers something else.
    let answers: JSONSchema?

    init(
        _ operation: String, _ summary: String, query: [QueryParameter] = [],
        takes: APISchema? = nil, status: HTTPResponse.Status = .ok,
        answers: JSONSchema? = .empty
    ) {
        self.operation = operation
        self.summary = summary
        self.query = query
        self.takes = takes
        self.status = status
        self.answers = answers
    }
}

/// A parameter that a route reads from the query string; all are optional.
enum QueryParameter: String, Sendable {
    case limit, offset
    case readLevel = "read_level"

    var shape: JSONSchema {
        switch self {
        case .limit, .offset: .integer
        case .readLevel: .words(ReadLevel.allCases.map(\.rawValue))
        }
    }
}
