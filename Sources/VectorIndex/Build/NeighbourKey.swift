/// A neighbour and how far it is, in one word that sorts by distance, then by node.
enum NeighbourKey {
    @inline(__always)
    static func make(distance: Float, node: UInt32) -> UInt64 {
        UInt64(max(distance, 0).bitPattern) << 32 | UInt64(node)
    }

    @inline(__always)
    static func node(_ key: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: key) }

    @inline(__always)
    static func distance(_ key: UInt64) -> Float {
        Float(bitPattern: UInt32(truncatingIfNeeded: key >> 32))
    }

    /// The same distance, another node.
    @inline(__always)
    static func replacing(_ key: UInt64, node: UInt32) -> UInt64 {
        (key & ~UInt64(UInt32.max)) | UInt64(node)
    }
}
