import ChromaModel

/// The trigrams of a run of documents and in which of them each occurs, read in place.
///
/// ```
/// block = trigrams:u32 zero:u32  keys:u32*  ends:u32*  counts:u32*  postings     little-endian
/// ```
/// Keys rise. A trigram's posting begins where the one before it ends; its count is the number
/// of its rows, with `bitmapBit` set when the posting is a bit a row, else it is the rising row
/// numbers as LEB128 differences, the first from -1.
package struct TrigramBlock: @unchecked Sendable {
    // Safe to share: the bytes never change; whoever made the block keeps them.
    static let headBytes = 8
    static let bitmapBit: UInt32 = 1 << 31

    /// Documents in the block.
    package let rowCount: Int
    private let keys: UnsafeBufferPointer<UInt32>
    private let ends: UnsafeBufferPointer<UInt32>
    private let counts: UnsafeBufferPointer<UInt32>
    private let postings: UnsafeRawBufferPointer

    /// Nil when the bytes are no block. Postings are checked while they are read.
    ///
    /// - Parameter bytes: aligned to 4, alive and unchanged as long as the block.
    package init?(_ bytes: UnsafeRawBufferPointer, rowCount: Int) {
        guard bytes.count >= Self.headBytes, let start = bytes.baseAddress else { return nil }
        let count = Int(bytes.load(as: UInt32.self))
        guard bytes.count >= Self.headBytes + count * 12 else { return nil }
        let words = (start + Self.headBytes).assumingMemoryBound(to: UInt32.self)
        keys = UnsafeBufferPointer(start: words, count: count)
        ends = UnsafeBufferPointer(start: words + count, count: count)
        counts = UnsafeBufferPointer(start: words + 2 * count, count: count)
        postings = UnsafeRawBufferPointer(rebasing: bytes[(Self.headBytes + count * 12)...])
        self.rowCount = rowCount
        var last: UInt32 = 0
        for end in ends {
            guard end >= last, Int(end) <= postings.count else { return nil }
            last = end
        }
    }

    private struct Posting {
        let bytes: UnsafeRawBufferPointer
        let count: Int
        let isBitmap: Bool
    }

    /// Trigrams beyond this many rarest ones exclude few rows more.
    private static let trigramsMax = 8
    /// A posting so many times longer than the rows left is not worth reading.
    private static let lengthRatioMax = 64

    /// The rows that hold all the trigrams, or some more. The set must not be empty.
    package func rows(holding trigrams: TrigramSet) -> RowBitmap {
        var found: [Posting] = []
        for trigram in trigrams.values {
            guard let posting = posting(of: trigram) else { return RowBitmap(rowCount: rowCount) }
            found.append(posting)
        }
        found.sort { $0.count < $1.count }
        guard let rarest = found.first else { return RowBitmap(allOf: rowCount) }
        var rows = read(rarest)
        for posting in found.dropFirst().prefix(Self.trigramsMax - 1) {
            if rows.isEmpty || posting.count > rows.count * Self.lengthRatioMax { break }
            rows.formIntersection(read(posting))
        }
        return rows
    }

    private func posting(of trigram: Trigram) -> Posting? {
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < trigram { low = middle + 1 } else { high = middle }
        }
        guard low < keys.count, keys[low] == trigram else { return nil }
        let (start, end) = (low == 0 ? 0 : Int(ends[low - 1]), Int(ends[low]))
        // They were sound when the block was made; a bit may have gone bad since.
        guard start <= end, end <= postings.count else { return nil }
        return Posting(
            bytes: UnsafeRawBufferPointer(rebasing: postings[start..<end]),
            count: Int(counts[low] & ~Self.bitmapBit),
            isBitmap: counts[low] & Self.bitmapBit != 0)
    }

    private func read(_ posting: Posting) -> RowBitmap {
        var rows = RowBitmap(rowCount: rowCount)
        if posting.isBitmap {
            rows.insert(bits: posting.bytes)
        } else {
            readDifferences(posting.bytes, into: &rows)
        }
        return rows
    }

    private func readDifferences(_ bytes: UnsafeRawBufferPointer, into rows: inout RowBitmap) {
        var row = -1
        var difference = 0
        var shift = 0
        for byte in bytes {
            difference |= Int(byte & 0x7F) << shift
            shift += 7
            if byte & 0x80 != 0 {
                // No difference takes more than five bytes.
                guard shift < 35 else { return }
                continue
            }
            row += difference
            guard row < rowCount, row >= 0 else { return }
            rows.insert(row)
            difference = 0
            shift = 0
        }
    }
}
