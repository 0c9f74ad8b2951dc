extension InternetAddress {
    /// Whether it is an address of the public internet: the only kind that the server may be sent
    /// to on a tenant's behalf. What is private, local, shared, documentation, multicast, or
    /// carries an IPv4 address in disguise is not (IANA's special-purpose registries).
    package var isPublic: Bool {
        bytes.count == 4 ? Self.isPublic(v4: bytes) : Self.isPublic(v6: bytes)
    }

    private static func isPublic(v4 bytes: [UInt8]) -> Bool {
        switch (bytes[0], bytes[1], bytes[2]) {
        case (0, _, _), (10, _, _), (127, _, _), (224..., _, _): false
        case (100, 64...127, _), (169, 254, _), (172, 16...31, _), (192, 168, _): false
        case (192, 0, 0), (192, 0, 2), (192, 88, 99), (198, 51, 100), (203, 0, 113): false
        case (198, 18...19, _): false
        default: true
        }
    }

    /// Only 2000::/3, and of that neither 2001::/23 (Teredo among it), nor documentation
    /// (2001:db8::/32, 3fff::/20), nor 6to4 (2002::/16).
    private static func isPublic(v6 bytes: [UInt8]) -> Bool {
        guard bytes[0] & 0xE0 == 0x20 else { return false }
        switch (bytes[0], bytes[1], bytes[2], bytes[3]) {
        case (0x20, 0x01, 0...1, _), (0x20, 0x01, 0x0D, 0xB8), (0x20, 0x02, _, _): return false
        case (0x3F, 0xFF, 0...0x0F, _): return false
        default: return true
        }
    }
}
