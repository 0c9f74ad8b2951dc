import ChromaModel
import FoundationEssentials
import GRPCCore
import GRPCNIOTransportHTTP2
import NIOCore

/// Where a process of the installation is reached by the others.
package struct NodeAddress: Sendable, Hashable, CustomStringConvertible {
    package let host: String
    package let port: Int

    /// Throws `invalidArgument` unless the text is like `https://control.internal:8082`.
    ///
    /// - Parameter key: the setting that says so, for the message.
    package init(url text: String, key: String) throws(ServiceError) {
        guard let url = URL(string: text), url.scheme == "https", let host = url.host,
            !host.isEmpty, let port = url.port, ["", "/"].contains(url.path)
        else {
            throw .invalid("\(key) is \"\(text)\"; write it like https://control.internal:8082.")
        }
        self.host = host
        self.port = port
    }

    package var description: String { "\(host):\(port)" }

    /// An address is no name, and can't be looked up.
    var target: any ResolvableTarget {
        switch try? NIOCore.SocketAddress(ipAddress: host, port: port) {
        case .v4: .ipv4(address: host, port: port)
        case .v6: .ipv6(address: host, port: port)
        default: .dns(host: host, port: port)
        }
    }
}
