import ChromaModel

/// Which collections a token reaches, by their names: `*` stands for any bytes, none included;
/// everything else stands for itself.
package struct CollectionPattern: ByteText {
    /// Longest pattern, in bytes.
    package static let bytesMax = 512

    package let value: String

    /// A pattern that was checked before it was stored.
    package init(_ value: String) { self.value = value }

    /// Throws `invalidArgument` for what no collection's name could match.
    package init(parsing text: String) throws(ServiceError) {
        let isNameLike = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"), Self.star: true
            default: false
            }
        }
        guard isNameLike, (1...Self.bytesMax).contains(text.utf8.count) else {
            throw .invalid(
                "collections is a name's characters (letters, digits, . _ -) and * for any, "
                    + "\(Self.bytesMax) at most.")
        }
        value = text
    }

    /// Whether the whole name fits. Takes time in proportion to both lengths multiplied, at worst.
    package func matches(_ name: CollectionName) -> Bool {
        Self.matches(Array(value.utf8), Array(name.value.utf8))
    }

    private static let star = UInt8(ascii: "*")

    /// Only the last star is ever stretched: what an earlier one could take, it can.
    private static func matches(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
        var (place, at) = (0, 0)
        var stretch: (behindStar: Int, from: Int)?
        while at < name.count {
            if place < pattern.count, pattern[place] == star {
                stretch = (place + 1, at)
                place += 1
            } else if place < pattern.count, pattern[place] == name[at] {
                place += 1
                at += 1
            } else if let (behindStar, from) = stretch {
                stretch = (behindStar, from + 1)
                (place, at) = (behindStar, from + 1)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == star }
    }
}
