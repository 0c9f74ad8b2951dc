import Platform
import Testing

struct BatchedRandomSourceTests {
    @Test("no word comes twice, within a batch or of two, whoever asks at once")
    func distinct() async {
        let random = BatchedRandomSource()
        let words = await withTaskGroup(of: [UInt64].self) { group in
            for _ in 0..<4 { group.addTask { (0..<1000).map { _ in random.next() } } }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(words).count == 4000)
    }

    @Test("each bit of the words is set about half of the time")
    func bits() {
        let random = BatchedRandomSource()
        var counts = [Int](repeating: 0, count: 64)
        for _ in 0..<4096 {
            let word = random.next()
            for bit in 0..<64 where word >> UInt64(bit) & 1 == 1 { counts[bit] += 1 }
        }
        // Eight standard deviations of a fair coin.
        #expect(counts.allSatisfy { abs($0 - 2048) < 256 })
    }
}
