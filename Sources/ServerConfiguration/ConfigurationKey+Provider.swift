import Configuration

extension ConfigurationKey {
    var configKey: ConfigKey {
        ConfigKey(name)
    }

    var absolute: AbsoluteConfigKey { AbsoluteConfigKey(configKey) }

    /// The last provider: every key's default.
    static var defaultsProvider: InMemoryProvider {
        let values = all.map { ($0.absolute, ConfigValue($0.defaultValue, isSecret: $0.isSecret)) }
        return InMemoryProvider(
            name: "defaults", values: Dictionary(values) { first, _ in first })
    }
}
