import HTTPTypes

/// Every route of the server, and the only way to find one.
struct RouteTable: Sendable {
    /// What a request's method and path mean.
    enum Match: Sendable {
        case route(Route, PathParameters)
        /// The path exists, but not with this method. `allow` is the header's value.
        case wrongMethod(allow: String)
        /// A parameter is not percent-encoded UTF-8.
        case malformedPath
        case unknownPath
    }

    let routes: [Route]
    private let root: RouteNode

    /// - Precondition: no two routes share method and path.
    init(_ routes: [Route]) {
        self.routes = routes
        var root = RouteNode()
        for route in routes { root.insert(route, below: route.template.segments[...]) }
        self.root = root
    }

    /// Finds the route of a path without its query string. `HEAD` finds the route of `GET`.
    func match(_ method: HTTPRequest.Method, _ path: Substring) -> Match {
        var path = path
        return path.withUTF8 { match(method, $0) }
    }

    private func match(_ method: HTTPRequest.Method, _ path: UnsafeBufferPointer<UInt8>) -> Match {
        guard path.first == UInt8(ascii: "/") else { return .unknownPath }
        let segments = path.dropFirst().split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard let node = root.find(segments[...]) else { return .unknownPath }
        guard let route = node.route(for: method) else { return .wrongMethod(allow: node.allow) }
        guard let parameters = Self.parameters(of: route, in: segments) else {
            return .malformedPath
        }
        return .route(route, parameters)
    }

    private static func parameters(
        of route: Route, in segments: [PathSegment]
    ) -> PathParameters? {
        var names: [PathParameter] = []
        var values: [String] = []
        for (segment, text) in zip(route.template.segments, segments) {
            guard case .parameter(let name) = segment else { continue }
            guard let value = PercentDecoding.decode(text) else { return nil }
            names.append(name)
            values.append(value)
        }
        return PathParameters(names: names, values: values)
    }
}
