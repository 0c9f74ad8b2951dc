import ChromaModel

/// A range of addresses that begin alike, written as in `10.0.0.0/8` or `2001:db8::/32`.
///
/// A range of IPv6-mapped IPv4 addresses is the range of the IPv4 addresses.
package struct AddressRange: Sendable, Hashable, CustomStringConvertible {
    /// The first address, in network order.
    private let first: [UInt8]
    private let prefixBits: Int

    /// Reads a range; an address alone is the range of just itself.
    ///
    /// Throws `invalidArgument` for anything else, and when a bit is set behind the prefix: the
    /// writer then meant another range.
    package init(parsing text: String) throws(ServiceError) {
        let sides = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let given = InternetAddress(String(sides[0])) else { throw Self.refusal(text) }
        let address = given.unmapped
        let bitsCut = (given.bytes.count - address.bytes.count) * 8
        let prefixBits =
            sides.count == 1 ? address.bytes.count * 8 : Self.number(sides[1]).map { $0 - bitsCut }
        guard let prefixBits, (0...address.bytes.count * 8).contains(prefixBits) else {
            throw Self.refusal(text)
        }
        guard Self.masked(address.bytes, prefixBits) == address.bytes else {
            throw .invalid("\(text) has bits set behind its prefix; write the range's first.")
        }
        first = address.bytes
        self.prefixBits = prefixBits
    }

    /// Whether every address of a family is in it.
    var isWholeFamily: Bool { prefixBits == 0 }

    package func contains(_ address: InternetAddress) -> Bool {
        let bytes = address.unmapped.bytes
        return bytes.count == first.count && Self.masked(bytes, prefixBits) == first
    }

    /// As it is written, the prefix always with it.
    package var description: String {
        "\(InternetAddress(bytes: first))/\(prefixBits)"
    }

    /// Decimal digits alone: `Int` would take a sign.
    private static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }

    private static func masked(_ bytes: [UInt8], _ prefixBits: Int) -> [UInt8] {
        bytes.enumerated().map { place, byte in
            let kept = min(8, max(0, prefixBits - place * 8))
            return byte & ~UInt8(truncatingIfNeeded: 0xFF >> kept)
        }
    }

    private static func refusal(_ text: String) -> ServiceError {
        .invalid("\(text) is no range of addresses; write it like 10.0.0.0/8 or 2001:db8::/32.")
    }
}
