import ChromaModel
import Configuration

/// The `TESSERA_…` variables, each of them a known key or a name another command reads.
struct EnvironmentSettings {
    /// Variables of the command line tools; they are no settings of a server.
    static let commandLineNames: Set<String> = [
        "TESSERA_CONFIG", "TESSERA_ADMIN_ENDPOINT", "TESSERA_ADMIN_TOKEN",
    ]

    private let values: [String: String]

    /// Throws `ServiceError(.invalidArgument)` for a name nobody reads.
    init(_ environment: [String: String]) throws {
        let prefix = ConfigurationKey.environmentPrefix
        let ours = environment.filter { $0.key.hasPrefix(prefix) }
            .filter { !Self.commandLineNames.contains($0.key) }
        let known = ConfigurationKey.all.map(\.environmentName)
        if let stranger = ours.keys.sorted().first(where: { !known.contains($0) }) {
            throw ServiceError.invalid(
                "The environment variable " + UnknownName(stranger, known: known).complaint)
        }
        let named = ours.map { (String($0.key.dropFirst(prefix.count)), $0.value) }
        values = Dictionary(uniqueKeysWithValues: named)
    }

    var provider: EnvironmentVariablesProvider {
        EnvironmentVariablesProvider(
            environmentVariables: values, secretsSpecifier: .specific(["DATABASE_URL"]))
    }
}
