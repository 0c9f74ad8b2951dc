import Glibc

/// Makes the bytes of trigram blocks. Not for use by several threads at once.
///
/// A table with a slot for every possible trigram is kept between blocks; the kernel gives it
/// memory page by page as trigrams are met, so text of one language costs little of it.
package final class TrigramBlockBuilder {
    /// A trigram's state within the block that is being built.
    private struct Slot {
        /// 1 + the last document it was met in, or 0.
        var lastRow: UInt32
        /// First pass: bytes of its differences. Second pass: where its next byte goes.
        var bytes: UInt32
    }

    /// What a block's directory says of a trigram.
    private struct Entry {
        let key: Trigram
        var count: UInt32 = 0
        var start = 0
        var isBitmap = false
    }

    private let slots: UnsafeMutablePointer<Slot>
    /// Rows of each trigram met, in order of meeting.
    private var met: [Trigram] = []

    /// Nil when there is no address space for the table.
    package init?() {
        guard let table = calloc(Trigrams.valueCount, MemoryLayout<Slot>.stride) else { return nil }
        slots = table.bindMemory(to: Slot.self, capacity: Trigrams.valueCount)
    }

    deinit { free(slots) }

    /// The block of some documents, in two passes over them: sizes, then postings.
    package func block(of documents: [String?]) -> [UInt8] {
        let bitmapBytes = (documents.count + 7) / 8
        measure(documents)
        met.sort()
        var entries = met.map { Entry(key: $0) }
        var end = TrigramBlock.headBytes + entries.count * 12
        for index in entries.indices {
            let slot = slots + Int(entries[index].key)
            entries[index].isBitmap = Int(slot.pointee.bytes) > bitmapBytes
            entries[index].start = end
            end += entries[index].isBitmap ? bitmapBytes : Int(slot.pointee.bytes)
            // From here the slot says which entry is the trigram's; see `fill`.
            slot.pointee = Slot(lastRow: 0, bytes: UInt32(index))
        }
        var bytes = [UInt8](repeating: 0, count: end)
        bytes.withUnsafeMutableBytes { bytes in
            fill(bytes, documents, &entries)
            writeDirectory(entries, bytes, end: end)
        }
        for entry in entries { slots[Int(entry.key)] = Slot(lastRow: 0, bytes: 0) }
        met.removeAll(keepingCapacity: true)
        return bytes
    }

    /// Counts the bytes of each trigram's differences.
    private func measure(_ documents: [String?]) {
        forEachPosting(documents) { trigram, row, difference in
            let slot = slots + Int(trigram)
            if slot.pointee.lastRow == 0 { met.append(trigram) }
            slot.pointee = Slot(
                lastRow: row + 1, bytes: slot.pointee.bytes + Self.width(of: difference))
        }
    }

    /// Writes the postings.
    private func fill(
        _ bytes: UnsafeMutableRawBufferPointer, _ documents: [String?], _ entries: inout [Entry]
    ) {
        entries.withUnsafeMutableBufferPointer { entries in
            var cursors = entries.map(\.start)
            forEachPosting(documents) { trigram, row, difference in
                let slot = slots + Int(trigram)
                slot.pointee.lastRow = row + 1
                let index = Int(slot.pointee.bytes)
                entries[index].count += 1
                if entries[index].isBitmap {
                    bytes[entries[index].start + Int(row >> 3)] |= 1 << UInt8(row & 7)
                } else {
                    var rest = difference
                    while rest >= 0x80 {
                        bytes[cursors[index]] = UInt8(truncatingIfNeeded: rest) | 0x80
                        cursors[index] += 1
                        rest >>= 7
                    }
                    bytes[cursors[index]] = UInt8(truncatingIfNeeded: rest)
                    cursors[index] += 1
                }
            }
        }
    }

    private func writeDirectory(
        _ entries: [Entry], _ bytes: UnsafeMutableRawBufferPointer, end: Int
    ) {
        let count = entries.count
        let postings = TrigramBlock.headBytes + count * 12
        func put(_ value: UInt32, _ word: Int) {
            bytes.storeBytes(of: value.littleEndian, toByteOffset: word * 4, as: UInt32.self)
        }
        put(UInt32(count), 0)
        for (index, entry) in entries.enumerated() {
            let next = index + 1 < count ? entries[index + 1].start : end
            put(entry.key, 2 + index)
            put(UInt32(next - postings), 2 + count + index)
            put(
                entry.count | (entry.isBitmap ? TrigramBlock.bitmapBit : 0), 2 + 2 * count + index)
        }
    }

    /// Calls `body` once for each trigram of each document, with the distance from the document
    /// that had it last, or from -1. `body` keeps `lastRow` of the slots.
    @inline(__always)
    private func forEachPosting(
        _ documents: [String?], _ body: (Trigram, _ row: UInt32, _ difference: UInt32) -> Void
    ) {
        for (row, document) in documents.enumerated() {
            guard var text = document else { continue }
            let row = UInt32(row)
            text.withUTF8 { text in
                Trigrams.forEach(in: UnsafeRawBufferPointer(text)) { trigram in
                    let lastRow = slots[Int(trigram)].lastRow
                    if lastRow != row + 1 { body(trigram, row, row + 1 - lastRow) }
                }
            }
        }
    }

    /// Bytes of a LEB128 number.
    @inline(__always)
    private static func width(of value: UInt32) -> UInt32 {
        UInt32((38 - value.leadingZeroBitCount) / 7)
    }
}
