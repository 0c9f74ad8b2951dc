import ChromaModel

extension ServerConfiguration {
    /// What the processes of an installation need to find and to believe each other.
    package struct Edge: Sendable, Equatable {
        package var host: String
        package var port: Int
        /// nil when this process is the control plane itself.
        package var controlURL: String?
        /// nil when this process has the engine itself.
        package var engineURL: String?
        /// nil: the process speaks to no other.
        package var certificate: Certificate?
        /// How long what is known is served while the control plane is provably down.
        package var staticStabilitySeconds: Int

        /// Three files of PEM.
        package struct Certificate: Sendable, Equatable {
            package var issuersFile: String
            package var certificateFile: String
            package var privateKeyFile: String
        }
    }

    /// Whether other processes do a part of the work.
    package var isSplit: Bool { roles.count < NodeRole.allCases.count }

    /// Throws `invalidArgument` when what a process of these roles needs isn't said.
    func refuseUnreachableRoles() throws {
        guard isSplit else { return }
        guard edge.certificate != nil else {
            throw ServiceError.invalid(
                """
                Processes of split roles speak mutual TLS: set edge.ca_file, \
                edge.certificate_file and edge.private_key_file; \
                "tessera certs init" makes them for development.
                """)
        }
        if roles.contains(.frontend), !roles.contains(.control), edge.controlURL == nil {
            throw missing(.edgeControlURL, "a frontend without the role control")
        }
        if !roles.contains(.engine), edge.engineURL == nil {
            throw missing(.edgeEngineURL, "a process without the role engine")
        }
    }

    private func missing(_ key: ConfigurationKey, _ who: String) -> ServiceError {
        .invalid("\(key.label) must say where the other process is: this is \(who).")
    }
}

extension ServerConfiguration.Edge {
    init(_ settings: SettingReader) throws {
        self.init(
            host: try settings.requiredText(.edgeHost), port: try settings.number(.edgePort),
            controlURL: try settings.optionalText(.edgeControlURL),
            engineURL: try settings.optionalText(.edgeEngineURL),
            certificate: try Certificate(settings),
            staticStabilitySeconds: try settings.number(.staticStabilitySeconds))
    }
}

extension ServerConfiguration.Edge.Certificate {
    /// nil when no file is named; some of them alone are refused.
    fileprivate init?(_ settings: SettingReader) throws {
        let keys: [ConfigurationKey] = [.edgeCAFile, .edgeCertificateFile, .edgePrivateKeyFile]
        let files = try keys.map { try settings.optionalText($0) }
        if files.allSatisfy({ $0 == nil }) { return nil }
        guard let issuers = files[0], let certificate = files[1], let key = files[2] else {
            throw ServiceError.invalid(
                "Mutual TLS needs three files: \(keys.map(\.name).joined(separator: ", ")).")
        }
        self.init(issuersFile: issuers, certificateFile: certificate, privateKeyFile: key)
    }
}
