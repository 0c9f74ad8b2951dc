import Access
import HTTPServing
import HTTPTypes

/// The description of the API as OpenAPI 3.1, made of the very routes that are served.
struct OpenAPIDocument {
    let routes: [Route]

    var document: JSONValue {
        [
            "openapi": "3.1.0",
            "info": [
                "title": "Tessera", "version": "2",
                "description": "Chroma's API v2, for many tenants.",
            ],
            "paths": .object(paths),
            "components": [
                "schemas": .object(
                    Dictionary(
                        uniqueKeysWithValues: APISchema.allCases.map {
                            ($0.rawValue, $0.shape.document)
                        })),
                "securitySchemes": [
                    "token": ["type": "apiKey", "in": "header", "name": "x-chroma-token"],
                    "bearer": ["type": "http", "scheme": "bearer"],
                ],
            ],
        ]
    }

    private var paths: [String: JSONValue] {
        Dictionary(grouping: routes) { $0.template.description }.mapValues { routes in
            .object(
                Dictionary(
                    uniqueKeysWithValues: routes.map {
                        ($0.method.rawValue.lowercased(), Self.operation($0))
                    }))
        }
    }

    private static func operation(_ route: Route) -> JSONValue {
        var operation: [String: JSONValue] = [
            "operationId": .string(route.description.operation),
            "summary": .string(route.description.summary),
            "parameters": .array(parameters(route)),
            "responses": .object(responses(route)),
            "security": route.endpoint.isOpen
                ? [] : [["token": []], ["bearer": []]],
        ]
        if let body = route.description.takes {
            operation["requestBody"] = ["required": true, "content": json(.named(body))]
        }
        if let action = route.endpoint.action {
            operation["x-action"] = .string(action.rawValue)
        }
        return .object(operation)
    }

    private static func parameters(_ route: Route) -> [JSONValue] {
        let path: [JSONValue] = route.template.parameters.map { parameter in
            let shape: JSONSchema = parameter == .collectionID ? .uuid : .string
            return [
                "name": .string(parameter.rawValue), "in": "path", "required": true,
                "schema": shape.document,
            ]
        }
        let query: [JSONValue] = route.description.query.map { parameter in
            [
                "name": .string(parameter.rawValue), "in": "query", "required": false,
                "schema": parameter.shape.document,
            ]
        }
        return path + query
    }

    private static func responses(_ route: Route) -> [String: JSONValue] {
        var responses: [String: JSONValue] = [
            String(route.description.status.code): answer(route.description),
            "default": failure("It could not be done; `message` says why."),
        ]
        for (status, text) in refusals(route) { responses[status] = failure(text) }
        return responses
    }

    private static func answer(_ description: RouteDescription) -> JSONValue {
        guard let shape = description.answers else { return ["description": "Done."] }
        return ["description": "Done.", "content": json(shape)]
    }

    private static func refusals(_ route: Route) -> [(status: String, text: String)] {
        var refusals: [(String, String)] = []
        if !route.endpoint.isOpen {
            refusals.append(("401", "No valid token."))
            refusals.append(("403", "The token may not do this, here."))
        }
        if route.template.parameters.contains(where: \.namesSomething) {
            refusals.append(("404", "There is no such thing in reach of the token."))
        }
        if route.body == .json {
            refusals.append(("400", "The body is no JSON, or breaks a rule."))
            refusals.append(("413", "The body is too large."))
            refusals.append(("415", "The body's media type is not JSON."))
            refusals.append(("422", "The body has another shape, or is over a quota."))
        }
        return refusals
    }

    private static func failure(_ text: String) -> JSONValue {
        ["description": .string(text), "content": json(.named(.error))]
    }

    private static func json(_ shape: JSONSchema) -> JSONValue {
        ["application/json": ["schema": shape.document]]
    }
}

extension PathParameter {
    /// Whether the parameter says what must be there for the request to make sense.
    fileprivate var namesSomething: Bool { self != .tenant }
}
