import ChromaModel
import GRPCNIOTransportHTTP2
import NIOCore

/// Where a gRPC server listens; `hostKey` is the setting that messages name.
package struct RPCAddress: Sendable {
    private let host: String
    private let port: Int
    private let hostKey: String

    /// - Parameters:
    ///   - host: the name or address to listen on.
    ///   - port: 0 takes any free one.
    package init(host: String, port: Int, hostKey: String) {
        self.host = host
        self.port = port
        self.hostKey = hostKey
    }

    /// Throws `invalidArgument` when the host doesn't resolve.
    func resolved() throws -> NIOCore.SocketAddress {
        do {
            return try NIOCore.SocketAddress.makeAddressResolvingHost(host, port: port)
        } catch {
            throw ServiceError(
                .invalidArgument, "\(host) is no host to listen on; correct \(hostKey).",
                cause: error)
        }
    }

    /// The same as the transport's own listener takes it.
    func resolvedForTransport() throws -> GRPCNIOTransportHTTP2.SocketAddress {
        switch try resolved() {
        case .v6(let address): .ipv6(host: address.host, port: port)
        case .v4(let address): .ipv4(host: address.host, port: port)
        default: throw ServiceError.invalid("\(host) is no host to listen on; correct \(hostKey).")
        }
    }
}
