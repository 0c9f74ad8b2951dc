import TestSupport
import Testing
import VectorIndex

@Suite("The nearest rows seen so far")
struct NearestRowsTests {
    /// Distances from a small set, so that ties are the rule.
    private func candidates(_ count: Int, _ random: SeededRandom) -> [NearestRows.Candidate] {
        let orders = (0..<count).map { (random.next(), UInt64($0)) }.sorted { $0 < $1 }.map(\.1)
        return (0..<count).map { row in
            let distance: Float = [0, 1, 1, 2, 3, .infinity, .nan, -.infinity][random.below(8)]
            return NearestRows.Candidate(
                distance: distance, row: UInt64(row), order: orders[row])
        }
    }

    @Test("they are what sorting everything would keep, ties by order", arguments: 0..<50)
    func agreesWithSorting(seed: Int) {
        let random = SeededRandom(seed: UInt64(seed))
        let offered = candidates(random.below(200), random)
        for capacity in [1, 2, 10, 199, 500] {
            var nearest = NearestRows(capacity: capacity)
            for candidate in offered { nearest.offer(candidate) }
            let sorted = offered.sorted { ($0.distance, $0.order) < ($1.distance, $1.order) }
            #expect(
                nearest.sorted().map(\.row) == sorted.prefix(capacity).map(\.row),
                "seed \(seed), capacity \(capacity)")
        }
    }

    @Test("the worst distance is infinite until the set is full, then the last one kept")
    func worstDistance() {
        var nearest = NearestRows(capacity: 2)
        for (row, distance) in [Float(5), 3, 4].enumerated() {
            let expected: Float = row < 2 ? .infinity : 5
            #expect(nearest.worstDistance == expected)
            nearest.offer(.init(distance: distance, row: UInt64(row), order: UInt64(row)))
        }
        #expect(nearest.worstDistance == 4)
    }

    @Test("a distance that is no number counts as infinitely far")
    func notANumber() {
        let candidate = NearestRows.Candidate(distance: .nan, row: 0, order: 0)
        #expect(candidate.distance == .infinity)
    }

    @Test("a set without room keeps nothing")
    func empty() {
        var nearest = NearestRows(capacity: 0)
        nearest.offer(.init(distance: 1, row: 0, order: 0))
        #expect(nearest.sorted().isEmpty)
    }
}
