import HTTPServing
import SwiftProtobuf
import TesseraRPC

/// The admin API's messages as JSON Schema 2020-12, by protobuf's JSON mapping with the field
/// names of the protos.
struct MessageSchemas {
    private typealias Field = Google_Protobuf_FieldDescriptorProto

    private let messages: [String: Google_Protobuf_DescriptorProto]

    init(_ index: DescriptorIndex) { messages = index.messages }

    /// Every message of the admin API, by the name that references use.
    var components: [String: JSONValue] {
        let ours = messages.filter { $0.key.hasPrefix(Self.package) }
        return Dictionary(
            uniqueKeysWithValues: ours.map { name, message in
                (Self.component(name), document(of: message))
            })
    }

    /// A message by its fully qualified name.
    static func reference(to message: String) -> JSONValue {
        wellKnown[message] ?? ["$ref": .string("#/components/schemas/\(component(message))")]
    }

    /// The fields of a request that are not in its path: name and schema, sorted.
    func query(of message: String, without bound: Set<String>) -> [(String, JSONValue)] {
        (messages[message]?.field ?? []).filter { !bound.contains($0.name) }
            .map { ($0.name, Self.schema(of: $0, in: messages[message])) }
            .sorted { $0.0 < $1.0 }
    }

    private func document(of message: Google_Protobuf_DescriptorProto) -> JSONValue {
        let fields = message.field.map { ($0.name, Self.schema(of: $0, in: message)) }
        return [
            "type": "object", "properties": .object(Dictionary(fields) { first, _ in first }),
            "additionalProperties": false,
        ]
    }

    private static let package = "tessera.admin.v1."

    private static func component(_ message: String) -> String {
        String(message.dropFirst(package.count))
    }

    private static func schema(
        of field: Google_Protobuf_FieldDescriptorProto, in message: Google_Protobuf_DescriptorProto?
    ) -> JSONValue {
        if let values = message?.mapValues(of: field) {
            return ["type": "object", "additionalProperties": element(values)]
        }
        return field.label == .repeated
            ? ["type": "array", "items": element(field)] : element(field)
    }

    private static func element(_ field: Google_Protobuf_FieldDescriptorProto) -> JSONValue {
        switch field.type {
        case .string, .enum: ["type": "string"]
        case .bytes: ["type": "string", "contentEncoding": "base64"]
        case .bool: ["type": "boolean"]
        case .int32, .sint32, .sfixed32:
            [
                "type": "integer", "minimum": .integer(Int(Int32.min)),
                "maximum": .integer(Int(Int32.max)),
            ]
        case .uint32, .fixed32:
            ["type": "integer", "minimum": 0, "maximum": .integer(Int(UInt32.max))]
        case .int64, .sint64, .sfixed64, .uint64, .fixed64:
            // A number of JSON can't hold all of them.
            ["type": "string", "pattern": "^-?[0-9]{1,20}$"]
        case .double, .float: ["type": "number"]
        case .message, .group: reference(to: field.typeName.withoutDot)
        }
    }

    private static let wellKnown: [String: JSONValue] = [
        "google.protobuf.Timestamp": ["type": "string", "format": "date-time"],
        "google.protobuf.Duration": ["type": "string", "pattern": #"^-?[0-9]+(\.[0-9]{1,9})?s$"#],
        "google.protobuf.FieldMask": ["type": "string"],
        "google.protobuf.Empty": ["type": "object", "additionalProperties": false],
    ]
}

extension Google_Protobuf_DescriptorProto {
    /// The field of the values of a map; nil when the field is no map.
    fileprivate func mapValues(
        of field: Google_Protobuf_FieldDescriptorProto
    ) -> Google_Protobuf_FieldDescriptorProto? {
        let entry = nestedType.first {
            $0.options.mapEntry && field.typeName.hasSuffix(".\(name).\($0.name)")
        }
        return entry?.field.first { $0.number == 2 }
    }
}
