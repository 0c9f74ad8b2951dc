/// The CRC-32C of each block of a section, whose bytes come piece by piece.
struct BlockSums {
    private let blockBytes: Int
    private var whole: [UInt32] = []
    /// Of the block that is not full yet.
    private var sum: UInt32 = 0
    private var count = 0

    init(blockBytes: Int = SegmentFormat.embeddingBlockBytes) { self.blockBytes = blockBytes }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(blockBytes - count)
            sum = crc32c(UnsafeRawBufferPointer(rebasing: piece), seed: sum)
            count += piece.count
            rest = rest.dropFirst(piece.count)
            if count == blockBytes { endBlock() }
        }
    }

    /// Of all blocks, the last of which may be short.
    mutating func finish() -> [UInt32] {
        if count > 0 { endBlock() }
        return whole
    }

    private mutating func endBlock() {
        whole.append(sum)
        (sum, count) = (0, 0)
    }
}
