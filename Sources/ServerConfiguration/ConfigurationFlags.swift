import Configuration

/// What the command line says; nil where it says nothing.
package struct ConfigurationFlags: Sendable {
    package var dataDirectory: String?
    package var roles: String?
    package var httpPort: Int?
    package var grpcPort: Int?
    package var adminPort: Int?
    package var adminGRPCPort: Int?

    package init(
        dataDirectory: String? = nil, roles: String? = nil, httpPort: Int? = nil,
        grpcPort: Int? = nil, adminPort: Int? = nil, adminGRPCPort: Int? = nil
    ) {
        self.dataDirectory = dataDirectory
        self.roles = roles
        self.httpPort = httpPort
        self.grpcPort = grpcPort
        self.adminPort = adminPort
        self.adminGRPCPort = adminGRPCPort
    }

    var provider: InMemoryProvider {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        func set(_ key: ConfigurationKey, _ content: ConfigContent?) {
            if let content { values[key.absolute] = ConfigValue(content, isSecret: key.isSecret) }
        }
        set(.dataDirectory, dataDirectory.map(ConfigContent.string))
        set(.roles, roles.map(ConfigContent.string))
        set(.httpPort, httpPort.map(ConfigContent.int))
        set(.grpcPort, grpcPort.map(ConfigContent.int))
        set(.adminPort, adminPort.map(ConfigContent.int))
        set(.adminGRPCPort, adminGRPCPort.map(ConfigContent.int))
        return InMemoryProvider(name: "flags", values: values)
    }
}
