import Glibc

/// An IPv4 or IPv6 address, as its bytes in network order.
package struct InternetAddress: Sendable, Hashable {
    let bytes: [UInt8]

    /// nil for what is no numeric address.
    package init?(_ text: String) {
        var v4 = [UInt8](repeating: 0, count: 4)
        var v6 = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &v4) == 1 {
            bytes = v4
        } else if inet_pton(AF_INET6, text, &v6) == 1 {
            bytes = v6
        } else {
            return nil
        }
    }

    /// The same host's IPv4 address where this is one in IPv6's clothes (`::ffff:0:0/96`), as a
    /// listener for both sees IPv4 clients.
    var unmapped: InternetAddress {
        let isMapped =
            bytes.count == 16 && bytes[..<10].allSatisfy { $0 == 0 }
            && bytes[10..<12].allSatisfy { $0 == 0xFF }
        return isMapped ? InternetAddress(bytes: Array(bytes[12...])) : self
    }

    /// - Parameter bytes: four or sixteen, in network order.
    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Whether it is an address of this machine or of its link, where hypervisors answer with
    /// credentials, or of no single host.
    var isInternal: Bool {
        bytes.count == 4 ? Self.isInternal(v4: bytes) : Self.isInternal(v6: bytes)
    }

    private static func isInternal(v4 bytes: [UInt8]) -> Bool {
        switch (bytes[0], bytes[1]) {
        case (0, _), (127, _), (169, 254), (224..., _): true
        default: false
        }
    }

    /// `::`, `::1`, IPv4 in disguise (`::/96`, `::ffff:0:0/96`, `64:ff9b::/96`), link-local
    /// `fe80::/10`, multicast `ff00::/8`, and Amazon's metadata service in `fd00:ec2::/32`.
    private static func isInternal(v6 bytes: [UInt8]) -> Bool {
        let embedded = Array(bytes[12...])
        if bytes[..<10].allSatisfy({ $0 == 0 }) {
            return bytes[10..<12].allSatisfy { $0 == 0 } || isInternal(v4: embedded)
        }
        if bytes.starts(with: [0x00, 0x64, 0xFF, 0x9B]) { return isInternal(v4: embedded) }
        if bytes.starts(with: [0xFD, 0x00, 0x0E, 0xC2]) { return true }
        return bytes[0] == 0xFF || (bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80)
    }
}
