import ChromaModel
import Configuration

/// Reads settings one by one and refuses what a key does not allow, naming the key.
struct SettingReader {
    private let reader: ConfigReader

    init(providers: [any ConfigProvider]) {
        reader = ConfigReader(providers: providers)
    }

    func text(_ key: ConfigurationKey) throws -> String {
        let value = try typed(key, "text") {
            try reader.requiredString(forKey: key.configKey)
        }
        guard key.choices.isEmpty || key.choices.contains(value) else {
            throw key.refusal("one of \(key.choices.joined(separator: ", "))", got: value)
        }
        return value
    }

    func requiredText(_ key: ConfigurationKey) throws -> String {
        let value = try text(key)
        guard !value.isEmpty else { throw key.refusal("text that is not empty", got: value) }
        return value
    }

    /// nil when the text is empty.
    func optionalText(_ key: ConfigurationKey) throws -> String? {
        let value = try text(key)
        return value.isEmpty ? nil : value
    }

    /// What is between commas, without the blanks around it; none of an empty text.
    func list(_ key: ConfigurationKey) throws -> [String] {
        guard let text = try optionalText(key) else { return [] }
        return text.split(separator: ",", omittingEmptySubsequences: false)
            .map { String($0.filter { $0 != " " }) }
    }

    func number(_ key: ConfigurationKey) throws -> Int {
        let value = try typed(key, "a whole number") {
            try reader.requiredInt(forKey: key.configKey)
        }
        if let range = key.range, !range.contains(value) {
            throw key.refusal("from \(range.lowerBound) to \(range.upperBound)", got: "\(value)")
        }
        return value
    }

    func flag(_ key: ConfigurationKey) throws -> Bool {
        try typed(key, "true or false") {
            try reader.requiredBool(forKey: key.configKey)
        }
    }

    func choice<Choice: RawRepresentable<String>>(_ key: ConfigurationKey) throws -> Choice {
        let value = try text(key)
        guard let choice = Choice(rawValue: value) else {
            throw key.refusal("one of \(key.choices.joined(separator: ", "))", got: value)
        }
        return choice
    }

    private func typed<Value>(
        _ key: ConfigurationKey, _ kind: String, _ read: () throws -> Value
    ) throws -> Value {
        do { return try read() } catch {
            throw ServiceError(
                .invalidArgument,
                "\(key.label) must be \(kind).", cause: error)
        }
    }
}

extension ConfigurationKey {
    /// How messages name it: in the file and in the environment.
    var label: String { "\(name) (\(environmentName))" }

    func refusal(_ expected: String, got value: String) -> ServiceError {
        let shown = isSecret ? "what it is" : "\"\(value)\""
        return .invalid("\(label) must be \(expected), not \(shown).")
    }
}
