import HTTPTypes

/// One thing the server does: a method on a path, who may, and how.
struct Route: Sendable {
    /// Whether a request has a body that the server reads.
    enum BodyRule: Sendable {
        case none
        /// JSON, or a media type that ends in `+json` (protocol §1.1).
        case json
    }

    let method: HTTPRequest.Method
    let template: PathTemplate
    let body: BodyRule
    let endpoint: Endpoint

    init(
        _ method: HTTPRequest.Method, _ template: String, body: BodyRule = .none,
        _ endpoint: Endpoint
    ) {
        self.method = method
        self.template = PathTemplate(template)
        self.body = body
        self.endpoint = endpoint
    }
}
