import ChromaModel
import Configuration

/// The `TESSERA_…` variables, each of them a known key or a name another command reads.
struct EnvironmentSettings {
    /// Variables of the command line tools; they are no settings of a server.
    static let commandLineNames: Set<String> = [
        "TESSERA_CONFIG", "TESSERA_ADMIN_ENDPOINT", "TESSERA_ADMIN_TOKEN",
    ]

    private let values: [String: String]
    /// OpenTelemetry's own; it has many more than we read, and empty ones are unset.
    private let otelValues: [String: String]

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
        otelValues = environment.filter { $0.key.hasPrefix("OTEL_") && !$0.value.isEmpty }
        values = Dictionary(uniqueKeysWithValues: named)
    }

    var provider: EnvironmentVariablesProvider { Self.provider(of: values) }

    /// `otel.service_name` is `OTEL_SERVICE_NAME` here.
    var otelProvider: EnvironmentVariablesProvider { Self.provider(of: otelValues) }

    private static func provider(of values: [String: String]) -> EnvironmentVariablesProvider {
        let prefix = ConfigurationKey.environmentPrefix
        let secrets = ConfigurationKey.all.filter(\.isSecret).map {
            String($0.environmentName.dropFirst(prefix.count))
        }
        return EnvironmentVariablesProvider(
            environmentVariables: values, secretsSpecifier: .specific(Set(secrets)))
    }
}
