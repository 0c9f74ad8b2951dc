import ChromaModel
import TestSupport
import Testing

@Suite("A bitmap of rows")
struct RowBitmapTests {
    private static func bitmap(_ rows: Set<Int>, of rowCount: Int) -> RowBitmap {
        var bitmap = RowBitmap(rowCount: rowCount)
        for row in rows { bitmap.insert(row) }
        return bitmap
    }

    private static func rows(_ bitmap: RowBitmap) -> [Int] {
        var rows: [Int] = []
        bitmap.forEach { rows.append($0) }
        return rows
    }

    private func expect(_ bitmap: RowBitmap, _ rows: Set<Int>, _ what: String) {
        #expect(Self.rows(bitmap) == rows.sorted(), "\(what)")
        #expect(bitmap.count == rows.count, "\(what)")
        #expect(bitmap.isEmpty == rows.isEmpty, "\(what)")
    }

    @Test("is the set of its rows, whatever is done to it", arguments: 0..<60)
    func agreesWithSets(seed: Int) {
        let random = SeededRandom(seed: UInt64(seed))
        let rowCount = [0, 1, 63, 64, 65, 128, 200, 1000][random.below(8)]
        func some() -> Set<Int> {
            let share = 1 + random.below(6)
            return Set((0..<rowCount).filter { _ in random.below(share) == 0 })
        }
        var set = some()
        var bitmap = Self.bitmap(set, of: rowCount)
        for step in 0..<30 {
            let other = some()
            let listed = other.map { UInt32($0) } + other.prefix(3).map { UInt32($0) }
            switch random.below(6) {
            case 0:
                set.formUnion(other)
                bitmap.formUnion(Self.bitmap(other, of: rowCount))
            case 1:
                set.formIntersection(other)
                bitmap.formIntersection(Self.bitmap(other, of: rowCount))
            case 2:
                set.subtract(other)
                bitmap.subtract(Self.bitmap(other, of: rowCount))
            case 3:
                set.formUnion(other)
                listed.withUnsafeBufferPointer { bitmap.insert($0) }
            case 4:
                set.subtract(other)
                listed.withUnsafeBufferPointer { bitmap.remove($0) }
            default:
                set = Set(0..<rowCount)
                bitmap = RowBitmap(allOf: rowCount)
            }
            expect(bitmap, set, "seed \(seed), step \(step)")
            if rowCount > 0 { expectParts(bitmap, set, random, "seed \(seed), step \(step)") }
        }
    }

    private func expectParts(
        _ bitmap: RowBitmap, _ set: Set<Int>, _ random: SeededRandom, _ what: String
    ) {
        let low = random.below(bitmap.rowCount)
        let range = low..<(low + random.below(bitmap.rowCount - low + 1))
        var found: [Int] = []
        bitmap.forEach(in: range) { found.append($0) }
        let expected = set.filter { range.contains($0) }.sorted()
        #expect(found == expected, "\(what), \(range)")
        #expect(bitmap.count(in: range) == expected.count, "\(what), \(range)")
        #expect(bitmap.next(from: low) == set.filter { $0 >= low }.min(), "\(what), from \(low)")
        #expect(bitmap.contains(low) == set.contains(low))
    }

    @Test("takes over bits and smaller bitmaps, and nothing past its end")
    func takesOver() {
        var bitmap = RowBitmap(rowCount: 70)
        bitmap.insert(1)
        [UInt8](repeating: 0xFF, count: 16).withUnsafeBytes { bitmap.insert(bits: $0) }
        expect(bitmap, Set(0..<70), "bits past the end")
        bitmap.subtract(words: [.max, .max, .max], at: 0)
        expect(bitmap, [], "words past the end")
        bitmap.insert(Self.bitmap([0, 5], of: 6), at: 64)
        expect(bitmap, [64, 69], "a smaller one")
        #expect(bitmap.next(from: 70) == nil)
    }
}

@Suite("Ranges of numbers")
struct NumberRangeTests {
    @Test("compare ints and floats exactly")
    func exact() {
        let big: Int64 = 1 << 53
        let above = NumberRange(lower: .init(.float(0x1p53), isInclusive: false))
        #expect(!above.contains(.int(big)) && above.contains(.int(big + 1)))
        #expect(NumberRange(.float(0x1p53)).contains(.int(big)))
        #expect(!NumberRange(.float(0x1p53)).contains(.int(big + 1)))
        #expect(!NumberRange(.int(.max)).contains(.float(0x1p63)))
        #expect(NumberRange(.int(0)).contains(.float(-0.0)))
    }

    @Test("hold no NaN, and with a NaN bound nothing")
    func notANumber() {
        #expect(!NumberRange().contains(.float(.nan)))
        #expect(!NumberRange(.float(.nan)).contains(.float(.nan)))
        #expect(!NumberRange(upper: .init(.float(.nan), isInclusive: true)).contains(.int(1)))
    }
}
