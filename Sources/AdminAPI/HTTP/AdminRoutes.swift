import ChromaModel
import HTTPTypes
import TesseraRPC

/// Which endpoint an HTTP request is for, from the bindings that the protos declare.
struct AdminRoutes: Sendable {
    struct Match: Sendable {
        let endpoint: any AdminEndpoint
        let variables: [String: String]

        /// The resource name in the path; empty when there is none.
        var resource: String { variables["name"] ?? variables["parent"] ?? "" }
    }

    private struct Route: Sendable {
        let verb: String
        let template: PathTemplate
        let endpoint: any AdminEndpoint
    }

    private let routes: [Route]

    /// Of every method that is served.
    let methods: [AdminMethod]

    init(_ endpoints: [any AdminEndpoint]) throws(ServiceError) {
        var routes: [Route] = []
        for endpoint in endpoints {
            for binding in endpoint.method.bindings {
                routes.append(
                    Route(
                        verb: binding.method, template: try PathTemplate(binding.path),
                        endpoint: endpoint))
            }
        }
        self.routes = routes
        methods = endpoints.map(\.method)
    }

    /// - Parameter path: still percent-encoded.
    func match(_ verb: HTTPRequest.Method, _ path: String) -> Match? {
        for route in routes where route.verb == verb.rawValue {
            if let variables = route.template.match(path) {
                return Match(endpoint: route.endpoint, variables: variables)
            }
        }
        return nil
    }

    /// The verbs that a path takes, sorted; none when there is no such path.
    func verbs(of path: String) -> [String] {
        Set(routes.filter { $0.template.match(path) != nil }.map(\.verb)).sorted()
    }
}
