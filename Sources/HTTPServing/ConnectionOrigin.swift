import NIOCore

/// Where a connection comes from, for counting: an IPv4 address, or the first half of an IPv6 one,
/// for whoever has one of these has all that begin so. IPv4 in IPv6's clothes counts as IPv4.
struct ConnectionOrigin: Hashable {
    private let isIPv4: Bool
    private let bits: UInt64

    /// nil for a Unix socket.
    init?(_ socket: SocketAddress) {
        // Where `sockaddr_in` and `sockaddr_in6` keep the address; NIO's C module, which has the
        // members' names, can't be imported.
        switch socket {
        case .v4(let end):
            self.init(v4: withUnsafeBytes(of: end.address) { Array($0[4..<8]) })
        case .v6(let end):
            self.init(v6: withUnsafeBytes(of: end.address) { Array($0[8..<24]) })
        default: return nil
        }
    }

    private init(v4 bytes: [UInt8]) {
        isIPv4 = true
        bits = Self.number(bytes)
    }

    private init(v6 bytes: [UInt8]) {
        let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10..<12] == [0xFF, 0xFF]
        isIPv4 = isMapped
        bits = Self.number(isMapped ? bytes[12...] : bytes[..<8])
    }

    private static func number(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
