import HTTPTypes

/// One thing the server does: a method on a path, who may, and how.
final class Route: Sendable {
    /// Whether a request has a body that the server reads.
    enum BodyRule: Sendable {
        case none
        /// JSON, or a media type that ends in `+json` (protocol §1.1).
        case json
    }

    let method: HTTPRequest.Method
    let template: PathTemplate
    let endpoint: Endpoint
    let description: RouteDescription
    /// What the spans of its requests are called (semantic conventions for HTTP).
    let spanName: String

    init(
        _ method: HTTPRequest.Method, _ template: String, _ endpoint: Endpoint,
        _ description: RouteDescription
    ) {
        self.method = method
        self.template = PathTemplate(template)
        self.endpoint = endpoint
        self.description = description
        spanName = "\(method.rawValue) \(template)"
    }

    /// What is described as taken is what is read.
    var body: BodyRule { description.takes == nil ? .none : .json }
}
