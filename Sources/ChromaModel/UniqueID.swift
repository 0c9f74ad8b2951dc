/// A 128-bit identifier, printed as a lower-case hyphenated UUID.
package struct UniqueID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A time-ordered UUID version 7 (RFC 9562 §5.7).
    ///
    /// - Parameters:
    ///   - milliseconds: Unix time in milliseconds; its low 48 bits are used.
    ///   - random: two words of random bits.
    package init(version7At milliseconds: UInt64, random: (UInt64, UInt64)) {
        high = milliseconds << 16 | 0x7000 | (random.0 & 0x0FFF)
        low = random.1 & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    }

    /// A random UUID version 4 (RFC 9562 §5.4).
    package init(version4From random: (UInt64, UInt64)) {
        high = random.0 & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        low = random.1 & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    }

    /// Parses the forms Chroma's server takes: hyphenated, without hyphens, `urn:uuid:` and
    /// `{braced}`, in either case. Returns nil for anything else.
    package init?(_ text: String) {
        var bytes = Array(text.utf8)
        if bytes.count == 45, text.hasPrefix("urn:uuid:") { bytes.removeFirst(9) }
        if bytes.count == 38, bytes.first == 0x7B, bytes.last == 0x7D {
            bytes = Array(bytes[1..<37])
        }
        if bytes.count == 36 {
            let hyphens = [8, 13, 18, 23]
            guard hyphens.allSatisfy({ bytes[$0] == 0x2D }) else { return nil }
            for place in hyphens.reversed() { bytes.remove(at: place) }
        }
        guard bytes.count == 32 else { return nil }
        var words: [UInt64] = [0, 0]
        for (index, byte) in bytes.enumerated() {
            guard let digit = Self.hexValue(byte) else { return nil }
            words[index / 16] = words[index / 16] << 4 | digit
        }
        self.init(high: words[0], low: words[1])
    }

    package var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for index in 0..<32 {
            if index == 8 || index == 12 || index == 16 || index == 20 { text.append(0x2D) }
            let word = index < 16 ? high : low
            let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - (index % 16) * 4) & 0xF)
            text.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
        return String(decoding: text, as: UTF8.self)
    }

    package static func < (left: UniqueID, right: UniqueID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    private static func hexValue(_ byte: UInt8) -> UInt64? {
        switch byte {
        case 0x30...0x39: UInt64(byte - 0x30)
        case 0x41...0x46: UInt64(byte - 0x37)
        case 0x61...0x66: UInt64(byte - 0x57)
        default: nil
        }
    }
}

/// An identifier of one kind of thing; two kinds cannot be swapped by mistake.
package protocol TypedID: Hashable, Sendable, Comparable, CustomStringConvertible {
    var uuid: UniqueID { get }
    init(_ uuid: UniqueID)
}

extension TypedID {
    package static func < (left: Self, right: Self) -> Bool { left.uuid < right.uuid }
    package var description: String { uuid.description }
}

/// The id of a tenant; it names the tenant's directory and never changes.
package struct TenantID: TypedID {
    package let uuid: UniqueID
    package init(_ uuid: UniqueID) { self.uuid = uuid }
}

/// The id of a database. A database made again under an old name has a new id.
package struct DatabaseID: TypedID {
    package let uuid: UniqueID
    package init(_ uuid: UniqueID) { self.uuid = uuid }
}

/// The id of a collection, the UUID in Chroma's data routes.
package struct CollectionID: TypedID {
    package let uuid: UniqueID
    package init(_ uuid: UniqueID) { self.uuid = uuid }
}
