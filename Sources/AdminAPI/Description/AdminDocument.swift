import ChromaModel
import HTTPServing
import TesseraRPC

/// The description of the admin API's HTTP side as OpenAPI 3.1, made of the very bindings and
/// messages that are served.
struct AdminDocument {
    private let methods: [AdminMethod]
    private let index: DescriptorIndex
    private let schemas: MessageSchemas

    /// - Throws: `internalError` when a method is in no proto of this build.
    init(_ methods: [AdminMethod]) throws(ServiceError) {
        self.methods = methods
        index = try DescriptorIndex(services: Set(methods.map(\.service)).sorted())
        schemas = MessageSchemas(index)
    }

    var document: JSONValue {
        [
            "openapi": "3.1.0",
            "info": [
                "title": "Tessera administration", "version": "1",
                "description": "Tenants, databases, tokens, quotas, issuers and backups.",
            ],
            "paths": .object(paths),
            "components": [
                "schemas": .object(schemas.components.merging(["Error": Self.error]) { $1 }),
                "securitySchemes": [
                    "token": ["type": "apiKey", "in": "header", "name": "x-chroma-token"],
                    "bearer": ["type": "http", "scheme": "bearer"],
                ],
            ],
        ]
    }

    private var paths: [String: JSONValue] {
        var operations: [String: [String: JSONValue]] = [:]
        for method in methods {
            for (number, binding) in method.bindings.enumerated() {
                let path = BindingPath(binding.path)
                operations[path.text, default: [:]][binding.method.lowercased()] = operation(
                    method, binding, path, number: number)
            }
        }
        return operations.mapValues { .object($0) }
    }

    private func operation(
        _ method: AdminMethod, _ binding: AdminMethod.HTTPBinding, _ path: BindingPath, number: Int
    ) -> JSONValue {
        let messages = index.messages(of: method.name, in: method.service)
        let input = messages?.input ?? ""
        var operation: [String: JSONValue] = [
            "operationId": .string(number == 0 ? method.name : "\(method.name)_\(number + 1)"),
            "summary": .string(method.summary),
            "tags": [.string(String(method.service.split(separator: ".").last ?? ""))],
            "x-permission": .string(method.permission),
            "security": [["token": []], ["bearer": []]],
            "responses": .object(responses(messages?.output ?? "")),
        ]
        var parameters = path.parameters.map { Self.parameter($0, in: "path", ["type": "string"]) }
        if ["POST", "PATCH"].contains(binding.method) {
            operation["requestBody"] = Self.content(MessageSchemas.reference(to: input))
        } else {
            let query = schemas.query(of: input, without: path.fields)
            parameters += query.map { Self.parameter($0, in: "query", $1) }
        }
        operation["parameters"] = .array(parameters)
        return .object(operation)
    }

    private static func parameter(
        _ name: String, in place: String, _ schema: JSONValue
    ) -> JSONValue {
        [
            "name": .string(name), "in": .string(place), "required": .bool(place == "path"),
            "schema": schema,
        ]
    }

    private func responses(_ output: String) -> [String: JSONValue] {
        var responses = [
            "200": output == Self.file
                ? Self.fileAnswer : Self.described("Done.", MessageSchemas.reference(to: output)),
            "default": Self.failure("It could not be done; `message` says why."),
        ]
        for (status, text) in [
            ("400", "The request breaks a rule."), ("401", "No valid token."),
            ("403", "The token may not do this, or it is not there."),
        ] { responses[status] = Self.failure(text) }
        return responses
    }

    /// What a method streams that answers with a file over HTTP (`StreamEndpoint`).
    private static let file = "tessera.admin.v1.UsageChunk"
    private static let fileAnswer: JSONValue = [
        "description": "The file.",
        "content": ["*/*": ["schema": ["type": "string", "format": "binary"]]],
    ]

    private static func failure(_ text: String) -> JSONValue {
        described(text, ["$ref": "#/components/schemas/Error"])
    }

    private static func described(_ text: String, _ schema: JSONValue) -> JSONValue {
        ["description": .string(text), "content": ["application/json": ["schema": schema]]]
    }

    private static func content(_ schema: JSONValue) -> JSONValue {
        ["content": ["application/json": ["schema": schema]]]
    }

    /// What `HTTPErrorBody` writes.
    private static let error: JSONValue = [
        "type": "object", "required": ["error"],
        "properties": [
            "error": [
                "type": "object", "required": ["code", "status", "message", "request_id"],
                "properties": [
                    "code": ["type": "integer"], "status": ["type": "string"],
                    "message": ["type": "string"],
                    "request_id": ["type": "string", "format": "uuid"],
                ],
            ]
        ],
    ]
}
