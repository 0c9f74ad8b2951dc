import Yams

/// A mapping of a YAML file, every key of which is known. Refusals name the line.
struct YAMLFields {
    let file: YAMLFile
    private let node: Node
    private let values: [String: Node]

    /// - Parameter what: what the mapping describes, for refusals.
    init(_ node: Node, what: String, keys: [String], in file: YAMLFile) throws {
        guard let mapping = node.mapping else {
            throw file.refusal(node, "\(what) is a mapping of \(keys.joined(separator: ", "))")
        }
        var values: [String: Node] = [:]
        for (key, value) in mapping {
            guard let name = key.scalar?.string, keys.contains(name) else {
                let shown = key.scalar?.string ?? "this key"
                let known = keys.joined(separator: ", ")
                throw file.refusal(key, "\(what) has no \(shown); it may have \(known)")
            }
            values[name] = value
        }
        (self.file, self.node, self.values) = (file, node, values)
    }

    /// nil when the key isn't there.
    func text(_ key: String) throws -> String? {
        try values[key].map { try file.text($0, what: key) }
    }

    func requiredText(_ key: String) throws -> String {
        guard let text = try text(key) else { throw missing(key) }
        return text
    }

    func requiredInteger(_ key: String) throws -> Int64 {
        let text = try requiredText(key)
        guard let number = Int64(text) else {
            throw refusal(key, "\(key) is a whole number, such as 1000")
        }
        return number
    }

    /// Empty when the key isn't there.
    func items(_ key: String) throws -> [Node] {
        guard let value = values[key] else { return [] }
        guard let sequence = value.sequence else {
            throw file.refusal(value, "\(key) is a list; write [] for none")
        }
        return Array(sequence)
    }

    /// nil when the key isn't there.
    func texts(_ key: String) throws -> [String: String]? {
        guard let value = values[key] else { return nil }
        guard let mapping = value.mapping else {
            throw file.refusal(value, "\(key) is a mapping of texts; write {} for none")
        }
        var texts: [String: String] = [:]
        for (name, value) in mapping {
            let name = try file.text(name, what: "a key of \(key)")
            texts[name] = try file.text(value, what: "\(key).\(name)")
        }
        return texts
    }

    /// - Parameter key: whose line is named, if it is there.
    func refusal(_ key: String, _ words: String) -> CommandFailure {
        file.refusal(values[key] ?? node, words)
    }

    private func missing(_ key: String) -> CommandFailure {
        file.refusal(node, "\(key) is missing")
    }
}
