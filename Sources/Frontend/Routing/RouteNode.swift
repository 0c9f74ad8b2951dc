import HTTPTypes

/// A place in the tree of path segments.
///
/// Segments are compared raw: an escaped letter in a fixed segment is another path, as upstream
/// has it. A fixed segment is preferred to a parameter, with a way back when it leads nowhere.
struct RouteNode: Sendable {
    private var fixed: [(segment: String, node: RouteNode)] = []
    private var parameter: [RouteNode] = []
    private var routes: [Route] = []

    mutating func insert(_ route: Route, below segments: ArraySlice<PathTemplate.Segment>) {
        switch segments.first {
        case nil:
            precondition(!routes.contains { $0.method == route.method }, "route given twice")
            routes.append(route)
        case .parameter:
            if parameter.isEmpty { parameter.append(RouteNode()) }
            parameter[0].insert(route, below: segments.dropFirst())
        case .fixed(let name):
            if !fixed.contains(where: { $0.segment == name }) { fixed.append((name, RouteNode())) }
            for place in fixed.indices where fixed[place].segment == name {
                fixed[place].node.insert(route, below: segments.dropFirst())
            }
        }
    }

    /// The node that has routes at the end of `segments`. A parameter is never empty, so a
    /// trailing slash finds nothing (protocol §1.1).
    func find(_ segments: ArraySlice<Substring.UTF8View>) -> RouteNode? {
        guard let first = segments.first else { return routes.isEmpty ? nil : self }
        let rest = segments.dropFirst()
        for child in fixed where child.segment.utf8.elementsEqual(first) {
            if let found = child.node.find(rest) { return found }
        }
        guard !first.isEmpty else { return nil }
        return parameter.first?.find(rest)
    }

    func route(for method: HTTPRequest.Method) -> Route? {
        let wanted = method == .head ? .get : method
        return routes.first { $0.method == wanted }
    }

    /// The methods of this path, as the `Allow` header lists them.
    var allow: String {
        routes.flatMap { $0.method == .get ? [.get, HTTPRequest.Method.head] : [$0.method] }
            .map(\.rawValue).joined(separator: ",")
    }
}
