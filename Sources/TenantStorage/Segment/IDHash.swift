import ChromaModel

/// The hash of a record id in a segment's id table: FNV-1a, 64 bits, then mixed.
///
/// Part of the file format, so unlike Swift's `Hasher` it is the same in every process.
enum IDHash {
    static func hash(_ id: RecordID) -> UInt64 {
        var copy = id.value
        return copy.withUTF8 { hash(UnsafeRawBufferPointer($0)) }
    }

    static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        hash = (hash ^ (hash >> 32)) &* 0x9E37_79B9_7F4A_7C15
        return hash ^ (hash >> 29)
    }

    /// Slots of a table for `count` ids: a power of two, at most half full.
    static func slotCount(_ count: Int) -> Int {
        var slots = 4
        while slots < count * 2 { slots *= 2 }
        return slots
    }

    /// The table over `count` rows: in each slot a row + 1, or 0.
    static func table(_ count: Int, hashOf: (Int) -> UInt64) -> [UInt32] {
        let mask = slotCount(count) - 1
        var slots = [UInt32](repeating: 0, count: mask + 1)
        for row in 0..<count {
            var slot = Int(truncatingIfNeeded: hashOf(row)) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt32(row + 1)
        }
        return slots
    }
}
