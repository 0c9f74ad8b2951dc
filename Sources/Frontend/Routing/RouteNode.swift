import HTTPTypes

/// What stands between two slashes of a request's path, while it is matched.
typealias PathSegment = Slice<UnsafeBufferPointer<UInt8>>

/// A place in the tree of path segments.
///
/// Segments are compared raw: an escaped letter in a fixed segment is another path, as upstream
/// has it. A fixed segment is preferred to a parameter, with a way back when it leads nowhere.
struct RouteNode: Sendable {
    private var fixed: [(segment: [UInt8], node: RouteNode)] = []
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
            let place = place(of: Array(name.utf8))
            fixed[place].node.insert(route, below: segments.dropFirst())
        }
    }

    /// Where the child of a fixed segment is, made if there is none yet.
    private mutating func place(of segment: [UInt8]) -> Int {
        if let place = fixed.firstIndex(where: { $0.segment == segment }) { return place }
        fixed.append((segment, RouteNode()))
        return fixed.endIndex - 1
    }

    /// The node that has routes at the end of `segments`. A parameter is never empty, so a
    /// trailing slash finds nothing (protocol §1.1).
    func find(_ segments: ArraySlice<PathSegment>) -> RouteNode? {
        guard let first = segments.first else { return routes.isEmpty ? nil : self }
        let rest = segments.dropFirst()
        for child in fixed
        where child.segment.count == first.count && child.segment.elementsEqual(first) {
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
