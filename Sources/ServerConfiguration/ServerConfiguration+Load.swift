import ChromaModel
import Configuration

extension ServerConfiguration {
    /// Reads the settings: flag before environment before YAML file before default.
    ///
    /// - Parameters:
    ///   - file: path of a YAML file; nil reads none.
    ///   - environment: the process's environment; only `TESSERA_…` names matter, and those of
    ///     OpenTelemetry.
    /// - Throws: `ServiceError(.invalidArgument)` for an unknown or unusable setting, naming it.
    package static func load(
        file: String? = nil, environment: [String: String], flags: ConfigurationFlags = .init()
    ) async throws -> ServerConfiguration {
        let settings = try EnvironmentSettings(environment)
        var providers: [any ConfigProvider] = [
            flags.provider, settings.provider, settings.otelProvider,
        ]
        if let file, let yaml = try await YAMLSettings(path: file).provider() {
            providers.append(yaml)
        }
        providers.append(ConfigurationKey.defaultsProvider)
        let configuration = try ServerConfiguration(SettingReader(providers: providers))
        try configuration.refuseUnsafeReset()
        try configuration.refuseUnreachableRoles()
        return configuration
    }

    init(_ settings: SettingReader) throws {
        dataDirectory = try settings.requiredText(.dataDirectory)
        roles = try NodeRole.parse(list: settings.text(.roles), of: .roles)
        http = HTTP(
            host: try settings.requiredText(.httpHost),
            port: try settings.number(.httpPort),
            bodyBytesMax: try settings.number(.httpBodyBytesMax),
            idleTimeoutSeconds: try settings.number(.httpIdleTimeoutSeconds),
            connectionsMax: try settings.number(.httpConnectionsMax),
            connectionsMaxPerAddress: try settings.number(.httpConnectionsMaxPerAddress),
            requestsMax: try settings.number(.httpRequestsMax),
            trustedProxies: try settings.list(.httpTrustedProxies))
        grpc = GRPC(
            host: try settings.requiredText(.grpcHost), port: try settings.number(.grpcPort),
            connectionsMax: try settings.number(.grpcConnectionsMax),
            connectionsMaxPerAddress: try settings.number(.grpcConnectionsMaxPerAddress),
            streamsMaxPerConnection: try settings.number(.grpcStreamsMaxPerConnection))
        admin = Admin(
            host: try settings.requiredText(.adminHost),
            port: try settings.number(.adminPort),
            grpcPort: try settings.number(.adminGRPCPort))
        tls = try TLS(settings)
        nodeID = try settings.optionalText(.nodeID)
        edge = try Edge(settings)
        database = Database(
            url: try settings.optionalText(.databaseURL),
            ownerURL: try settings.optionalText(.databaseOwnerURL),
            allowsSuperuser: try settings.flag(.databaseAllowSuperuser),
            connectionsMax: try settings.number(.databaseConnectionsMax),
            migrationsDirectory: try settings.optionalText(.databaseMigrationsDirectory))
        let threads = try settings.number(.engineSearchThreads)
        let buildThreads = try settings.number(.engineIndexBuildThreads)
        let descriptors = try settings.number(.engineFileDescriptorsMax)
        let slowQuery = try settings.number(.engineSlowQueryMilliseconds)
        let searchSeconds = try settings.number(.engineSearchSecondsMax)
        engine = Engine(
            searchThreads: threads == 0 ? nil : threads,
            indexThreads: try settings.number(.engineIndexThreads),
            indexBuildThreads: buildThreads == 0 ? nil : buildThreads,
            indexMemoryBytesMax: try settings.number(.engineIndexMemoryBytesMax),
            logFileBytesMax: try settings.number(.engineLogFileBytesMax),
            tenantsOpenMax: try settings.number(.engineTenantsOpenMax),
            tenantIdleSeconds: try settings.number(.engineTenantIdleSeconds),
            mappedBytesMax: try settings.number(.engineMappedBytesMax),
            fileDescriptorsMax: descriptors == 0 ? nil : descriptors,
            tailBytesMaxPerTenant: try settings.number(.engineTailBytesMaxPerTenant),
            tailBytesMax: try settings.number(.engineTailBytesMax),
            pendingBytesMaxPerTenant: try settings.number(.enginePendingBytesMaxPerTenant),
            pendingBytesMax: try settings.number(.enginePendingBytesMax),
            writeWaitSeconds: try settings.number(.engineWriteWaitSeconds),
            slowQueryMilliseconds: slowQuery == 0 ? nil : slowQuery,
            searchSecondsMax: searchSeconds == 0 ? nil : searchSeconds)
        issuers = Issuers(
            keysDirectory: try settings.optionalText(.issuersKeysDirectory),
            allowsInsecureURLs: try settings.flag(.issuersAllowInsecureURLs))
        defaultPlan = try settings.choice(.quotaDefaultPlan)
        rateLimits = try settings.choice(.rateLimits)
        tenants = Tenants(undeleteDays: try settings.number(.tenantsUndeleteDays))
        webhooks = Webhooks(
            allowsInternalAddresses: try settings.flag(.webhooksAllowInternalAddresses))
        defaultKNNIndex = try settings.choice(.defaultKNNIndex)
        allowReset = try settings.flag(.allowReset)
        log = Log(
            level: try settings.text(.logLevel), format: try settings.choice(.logFormat))
        otel = try OTel(settings)
    }
}

extension ServerConfiguration.TLS {
    /// nil when neither file is named; one alone is refused.
    fileprivate init?(_ settings: SettingReader) throws {
        let certificate = try settings.optionalText(.tlsCertificateFile)
        let key = try settings.optionalText(.tlsPrivateKeyFile)
        if certificate == nil, key == nil { return nil }
        guard let certificate, let key else {
            let missing: ConfigurationKey = key == nil ? .tlsPrivateKeyFile : .tlsCertificateFile
            throw ServiceError.invalid(
                "TLS needs a certificate and its key: set \(missing.name) as well.")
        }
        self.init(certificateFile: certificate, privateKeyFile: key)
    }
}
