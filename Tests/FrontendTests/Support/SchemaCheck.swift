import Foundation

/// Checks JSON values against the shapes of an OpenAPI document, strictly: a member that is not
/// described is a fault too.
struct SchemaCheck {
    let components: [String: [String: Any]]

    /// What is wrong; nil when the value has the shape.
    func fault(_ value: Any, _ schema: [String: Any], at path: String = "$") -> String? {
        if let name = (schema["$ref"] as? String)?.split(separator: "/").last {
            guard let shape = components[String(name)] else { return "\(path): no shape \(name)" }
            return fault(value, shape, at: path)
        }
        if let choices = schema["oneOf"] as? [[String: Any]] {
            let fits = choices.contains { fault(value, $0, at: path) == nil }
            return fits ? nil : "\(path): \(value) fits none of \(choices.count) shapes"
        }
        if let words = schema["enum"] as? [String] {
            return (value as? String).map(words.contains) == true ? nil : "\(path): \(value)"
        }
        guard let type = schema["type"] as? String else { return nil }
        return fault(value, schema, type, at: path)
    }

    private func fault(_ value: Any, _ schema: [String: Any], _ type: String, at path: String)
        -> String?
    {
        let wrong = "\(path): \(value) is no \(type)"
        switch type {
        case "null": return value is NSNull ? nil : wrong
        case "string": return value is String ? nil : wrong
        case "boolean", "integer", "number": return value is NSNumber ? nil : wrong
        case "array":
            guard let list = value as? [Any], let items = schema["items"] as? [String: Any] else {
                return wrong
            }
            return list.enumerated().lazy.compactMap { fault($1, items, at: "\(path)[\($0)]") }
                .first
        case "object":
            guard let object = value as? [String: Any] else { return wrong }
            return faultOfMembers(object, schema, at: path)
        default: return "\(path): unknown type \(type)"
        }
    }

    private func faultOfMembers(
        _ object: [String: Any], _ schema: [String: Any], at path: String
    ) -> String? {
        let members = schema["properties"] as? [String: [String: Any]] ?? [:]
        let others = schema["additionalProperties"] as? [String: Any]
        for name in schema["required"] as? [String] ?? [] where object[name] == nil {
            return "\(path): \(name) is missing"
        }
        for (name, value) in object {
            guard let shape = members[name] ?? others else {
                return "\(path): \(name) is not described"
            }
            if let fault = fault(value, shape, at: "\(path).\(name)") { return fault }
        }
        return nil
    }
}
