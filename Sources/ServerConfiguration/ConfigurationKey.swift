import Configuration

/// One setting: its dotted name, its default, what it means and what it may be.
///
/// The name is the same everywhere: `http.port` in code and YAML, `TESSERA_HTTP_PORT` in the
/// environment.
package struct ConfigurationKey: Sendable {
    /// The dotted name, as in YAML.
    package let name: String
    package let defaultValue: ConfigContent
    /// One sentence for the person who sets it.
    package let meaning: String
    /// The numbers it may be; nil for other kinds of value.
    package let range: ClosedRange<Int>?
    /// The words it may be; empty means any text.
    package let choices: [String]
    /// Whether its value must never be printed.
    package let isSecret: Bool

    /// The name of its environment variable.
    package var environmentName: String {
        Self.environmentPrefix
            + name.uppercased().map { $0 == "." ? "_" : String($0) }.joined()
    }

    static let environmentPrefix = "TESSERA_"
}

extension ConfigurationKey {
    static func text(
        _ name: String, _ standard: String, choices: [String] = [], isSecret: Bool = false,
        _ meaning: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            name: name, defaultValue: .string(standard), meaning: meaning, range: nil,
            choices: choices, isSecret: isSecret)
    }

    static func number(
        _ name: String, _ standard: Int, _ range: ClosedRange<Int>, _ meaning: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            name: name, defaultValue: .int(standard), meaning: meaning, range: range, choices: [],
            isSecret: false)
    }

    static func flag(_ name: String, _ standard: Bool, _ meaning: String) -> ConfigurationKey {
        ConfigurationKey(
            name: name, defaultValue: .bool(standard), meaning: meaning, range: nil, choices: [],
            isSecret: false)
    }
}
