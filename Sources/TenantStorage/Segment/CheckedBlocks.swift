import ChromaModel
import Platform
import Synchronization

/// A section in blocks, each compared with a sum of its own before its bytes are first used.
final class CheckedBlocks: @unchecked Sendable {
    // Safe to share: the sums are in the read-only map that `reads` keeps.
    private let reads: CheckedReads
    /// The section, in the file.
    private let range: Range<Int>
    private let sums: UnsafePointer<UInt32>
    private let checked: Mutex<RowBitmap>
    let count: Int

    private static let blockBytes = SegmentFormat.embeddingBlockBytes

    /// Blocks of a section of so many bytes.
    static func count(of byteCount: Int) -> Int { (byteCount + blockBytes - 1) / blockBytes }

    /// - Parameter sums: one a block; checked before a block is.
    init(_ range: Range<Int>, of reads: CheckedReads, sums: UnsafePointer<UInt32>) {
        self.range = range
        self.reads = reads
        self.sums = sums
        count = Self.count(of: range.count)
        checked = Mutex(RowBitmap(rowCount: count))
    }

    /// Reads and checks the blocks that rows of so many bytes lie in. Blocking, but where all of
    /// them were checked before.
    ///
    /// - Throws: `StorageError` when one is unreadable or damaged.
    func check(_ rows: UnsafeBufferPointer<UInt32>, rowBytes: Int) throws(StorageError) {
        let unknown = checked.withLock { checked in
            var unknown = Set<Int>()
            for row in rows.lazy.map({ Int($0) }) {
                let bytes = (row * rowBytes)..<((row + 1) * rowBytes)
                for block in Self.blocks(of: bytes) where !checked.contains(block) {
                    unknown.insert(block)
                }
            }
            return unknown
        }
        if !unknown.isEmpty { try read(unknown.sorted()) }
    }

    /// The same for the blocks from one on that are not checked yet, at most so many.
    func check(from block: Int, countMax: Int) throws(StorageError) {
        let blocks = block..<min(count, block + countMax)
        let unknown = checked.withLock { checked in blocks.filter { !checked.contains($0) } }
        if !unknown.isEmpty { try read(unknown) }
    }

    private func read(_ blocks: [Int]) throws(StorageError) {
        let ranges = blocks.map { block in
            let start = range.lowerBound + block * Self.blockBytes
            return start..<min(start + Self.blockBytes, range.upperBound)
        }
        // The disk is to have all of them in hand before the first is waited for.
        for range in ranges { reads.file.willRead(range) }
        let found = try reads.checksums(ranges)
        for (index, block) in blocks.enumerated() {
            if found[index] == UInt32(littleEndian: sums[block]) { continue }
            throw .corrupt(
                file: reads.path, offset: UInt64(ranges[index].lowerBound),
                "a block of the embeddings fails its checksum")
        }
        checked.withLock { checked in
            for block in blocks { checked.insert(block) }
        }
    }

    private static func blocks(of bytes: Range<Int>) -> Range<Int> {
        (bytes.lowerBound / blockBytes)..<count(of: bytes.upperBound)
    }
}
