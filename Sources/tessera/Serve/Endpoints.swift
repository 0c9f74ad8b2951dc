import FoundationEssentials
import Platform

/// Where a running server listens: `endpoints.json` in its data directory.
struct Endpoints: Codable, Sendable, Equatable {
    let pid: Int32
    /// URLs without a path; what the process doesn't serve is left out.
    let http: String?
    let grpc: String?
    let adminHTTP: String?
    let adminGRPC: String?
    /// Health checks and metrics where there is no admin API.
    let statusHTTP: String?
    /// For the other processes of the installation.
    let edge: String?

    enum CodingKeys: String, CodingKey {
        case pid, http, grpc, edge
        case adminHTTP = "admin_http"
        case adminGRPC = "admin_grpc"
        case statusHTTP = "status_http"
    }

    /// Durable when it returns.
    func write(to path: String, _ fileSystem: any FileSystem) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try fileSystem.writeAtomically(Array(encoder.encode(self)) + [0x0A], to: path)
    }

    /// The URL by which this machine reaches a listener.
    static func url(host: String, port: Int, secure: Bool) -> String {
        "\(secure ? "https" : "http")://\(reachable(host).urlHost):\(port)"
    }

    /// A listener on every address is reached by loopback.
    static func reachable(_ host: String) -> String {
        switch host {
        case "0.0.0.0": "127.0.0.1"
        case "::": "::1"
        default: host
        }
    }
}

extension String {
    /// An IPv6 address stands in brackets in a URL (RFC 3986 §3.2.2).
    fileprivate var urlHost: String { contains(":") ? "[\(self)]" : self }
}
