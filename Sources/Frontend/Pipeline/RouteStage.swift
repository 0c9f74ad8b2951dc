import ChromaModel
import HTTPTypes

/// Finds the route that a request means; it comes early because the route says which action the
/// caller must be allowed.
struct RouteStage: Stage {
    let table: RouteTable
    var name: String { "route" }

    /// Throws `Refusal`, and `invalidArgument` for a path that is not percent-encoded UTF-8.
    func run(_ context: inout RequestContext) throws {
        let target = context.head.path ?? ""
        let mark = target.utf8.firstIndex(of: UInt8(ascii: "?"))
        let path = target[..<(mark ?? target.endIndex)]
        if Self.isRetired(path) { throw Refusal.retiredAPI }
        switch table.match(context.head.method, path) {
        case .route(let route, let parameters):
            context.route = route
            context.call.path = parameters
            context.call.query = QueryString(
                mark.map { target[target.utf8.index(after: $0)...] } ?? "")
        case .wrongMethod(let allow): throw Refusal.wrongMethod(allow: allow)
        case .malformedPath: throw ServiceError.invalid("The path is not percent-encoded UTF-8.")
        case .unknownPath: throw Refusal.unknownPath
        }
    }

    private static func isRetired(_ path: Substring) -> Bool {
        path.utf8.starts(with: retiredStem.utf8) && path.utf8.count > retiredStem.utf8.count
    }

    private static let retiredStem = "/api/v1/"
}
