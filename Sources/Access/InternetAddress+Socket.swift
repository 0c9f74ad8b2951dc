import NIOCore

extension InternetAddress {
    /// The host of a connection's end, IPv4 in IPv6's clothes as IPv4; nil for a Unix socket.
    package init?(_ socket: SocketAddress) {
        // Where `sockaddr_in` and `sockaddr_in6` keep it; NIO's C module, which has the members'
        // names, can't be imported.
        switch socket {
        case .v4(let end):
            self.init(bytes: withUnsafeBytes(of: end.address) { Array($0[4..<8]) })
        case .v6(let end):
            let bytes = withUnsafeBytes(of: end.address) { Array($0[8..<24]) }
            self = InternetAddress(bytes: bytes).unmapped
        default: return nil
        }
    }
}
