import ChromaModel

@testable import ChromaWire

/// What a record's values are in an answer, made of strings character by character.
enum PlainJSON {
    static func string(_ text: String) -> String {
        "\"" + text.unicodeScalars.map(escaped).joined() + "\""
    }

    static func metadata(_ metadata: Metadata?) -> String {
        let shown = (metadata?.entries ?? []).filter {
            !Array($0.key.value.utf8).starts(with: Array("chroma:".utf8))
        }
        guard !shown.isEmpty else { return "null" }
        let entries = shown.map { string($0.key.value) + ":" + value($0.value) }
        return "{" + entries.joined(separator: ",") + "}"
    }

    static func array<Element>(_ list: [Element], _ text: (Element) -> String) -> String {
        "[" + list.map(text).joined(separator: ",") + "]"
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": "\\\""
        case "\\": "\\\\"
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        case "\u{0}"..."\u{f}": "\\u000" + String(scalar.value, radix: 16)
        case "\u{10}"..."\u{1f}": "\\u00" + String(scalar.value, radix: 16)
        default: String(scalar)
        }
    }

    private static func value(_ value: MetadataValue) -> String {
        switch value {
        case .bool(let value): "\(value)"
        case .int(let value): "\(value)"
        case .float(let value): double(value)
        case .string(let value): string(value)
        case .bools(let list): array(list) { "\($0)" }
        case .ints(let list): array(list) { "\($0)" }
        case .floats(let list): array(list, double)
        case .strings(let list): array(list, string)
        case .sparse(let vector):
            "{\"#type\":\"sparse_vector\",\"indices\":" + array(vector.indices) { "\($0)" }
                + ",\"values\":" + array(vector.values, float)
                + ",\"tokens\":" + (vector.tokens.map { array($0, string) } ?? "null") + "}"
        }
    }

    private static func double(_ value: Double) -> String {
        value.isFinite ? value.description : "null"
    }

    static func float(_ value: Float) -> String {
        written { buffer in JSONWriter.append(to: &buffer) { $0.float(value) } }
    }
}
