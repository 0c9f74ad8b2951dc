import FoundationEssentials

/// Which admin API a command talks to, and with which token.
package struct AdminTarget: Sendable, Equatable {
    /// Where the admin API is when nothing says otherwise: DESIGN's default port, on this machine.
    package static let endpointDefault = "http://127.0.0.1:8081"
    package static let endpointVariable = "TESSERA_ADMIN_ENDPOINT"
    package static let tokenVariable = "TESSERA_ADMIN_TOKEN"
    package static let issuersVariable = "TESSERA_ADMIN_CA"

    package let host: String
    package let port: Int
    /// Whether to speak TLS.
    package let secure: Bool
    package let token: String
    /// A PEM file of the issuers to trust; nil trusts those of the machine.
    package let issuersFile: String?

    package var url: String { "\(secure ? "https" : "http")://\(host):\(port)" }

    /// What the command line says wins over the environment, which wins over the files that the
    /// server wrote in its data directory.
    ///
    /// - Throws: `CommandFailure` when an endpoint is no URL or no token is to be had.
    package init(
        endpoint: String?, token: String?, dataDirectory: String?, issuersFile: String? = nil,
        environment: [String: String]
    ) throws {
        var endpoint = endpoint ?? environment[Self.endpointVariable]
        var token = token ?? environment[Self.tokenVariable]
        if let dataDirectory {
            endpoint = try endpoint ?? Self.endpoint(inDataDirectory: dataDirectory)
            token = try token ?? Self.token(inDataDirectory: dataDirectory)
        }
        guard let token, !token.isEmpty else {
            throw CommandFailure(
                "No token: pass --token, set \(Self.tokenVariable), or name the server's "
                    + "data directory with --data-dir.")
        }
        try self.init(
            url: endpoint ?? Self.endpointDefault, token: token,
            issuersFile: issuersFile ?? environment[Self.issuersVariable])
    }

    private init(
        url text: String, token: String, issuersFile: String?
    ) throws(CommandFailure) {
        guard let url = URL(string: text), let host = url.host, let scheme = url.scheme,
            ["http", "https"].contains(scheme), ["", "/"].contains(url.path)
        else {
            throw CommandFailure(
                "\(text) is no endpoint; write it like \(Self.endpointDefault).")
        }
        self.host = host
        secure = scheme == "https"
        port = url.port ?? (secure ? 443 : 80)
        self.token = token
        self.issuersFile = issuersFile
    }
}

extension AdminTarget {
    private struct EndpointsFile: Decodable {
        let adminGRPC: String
        enum CodingKeys: String, CodingKey { case adminGRPC = "admin_grpc" }
    }

    private struct BootstrapFile: Decodable {
        let adminToken: String
        enum CodingKeys: String, CodingKey { case adminToken = "admin_token" }
    }

    private static func endpoint(inDataDirectory path: String) throws(CommandFailure) -> String {
        try read(
            EndpointsFile.self, "\(path)/endpoints.json",
            advice: "is the server running? It writes it when it is ready"
        ).adminGRPC
    }

    private static func token(inDataDirectory path: String) throws(CommandFailure) -> String {
        try read(
            BootstrapFile.self, "\(path)/bootstrap.json",
            advice: "the server writes it on its first start, readable by its own user only"
        ).adminToken
    }

    private static func read<File: Decodable>(
        _: File.Type, _ path: String, advice: String
    ) throws(CommandFailure) -> File {
        do {
            return try JSONDecoder().decode(File.self, from: Data(contentsOf: URL(filePath: path)))
        } catch {
            throw CommandFailure("Can't read \(path): \(advice).")
        }
    }
}
