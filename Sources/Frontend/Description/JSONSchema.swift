import HTTPServing

/// The shape of a JSON value, as OpenAPI 3.1 writes it down (JSON Schema 2020-12).
indirect enum JSONSchema: Sendable {
    /// One of the shapes that have a name.
    case named(APISchema)
    case string, uuid, integer, number, boolean
    /// Anything at all.
    case any
    case null
    case words([String])
    case list(JSONSchema)
    /// Any names, values of one shape.
    case map(JSONSchema)
    /// Members, and which of them must be there. Others are ignored.
    case object([String: JSONSchema], required: [String] = [])
    case oneOf([JSONSchema])

    /// Null, or the shape.
    static func nullable(_ schema: JSONSchema) -> JSONSchema { .oneOf([schema, .null]) }

    /// `{}`.
    static let empty = JSONSchema.object([:])

    var document: JSONValue {
        switch self {
        case .named(let schema): ["$ref": .string("#/components/schemas/" + schema.rawValue)]
        case .string: ["type": "string"]
        case .uuid: ["type": "string", "format": "uuid"]
        case .integer: ["type": "integer"]
        case .number: ["type": "number"]
        case .boolean: ["type": "boolean"]
        case .any: [:]
        case .null: ["type": "null"]
        case .words(let words):
            ["type": "string", "enum": .array(words.map { .string($0) })]
        case .list(let element): ["type": "array", "items": element.document]
        case .map(let value): ["type": "object", "additionalProperties": value.document]
        case .object(let members, let required):
            [
                "type": "object", "properties": .object(members.mapValues(\.document)),
                "required": .array(required.map { .string($0) }),
            ]
        case .oneOf(let schemas): ["oneOf": .array(schemas.map(\.document))]
        }
    }
}
