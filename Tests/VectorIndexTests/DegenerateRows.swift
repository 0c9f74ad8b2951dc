import TestSupport

/// Rows that break what quantisers and graphs take for granted.
enum DegenerateRows {
    static let dimension = 24
    static let count = 700

    static var all: [(String, [[Float]])] {
        [
            ("all equal", make { _, index in Float(index) - 3 }),
            ("zeros", make { _, _ in 0 }),
            ("one-hot", make { row, index in row % dimension == index ? 1 : 0 }),
            ("one of two", make { row, index in row % 2 == 0 ? 1 : Float(index) }),
            ("a line", make { row, index in Float(row) * Float(index + 1) }),
            ("tiny", make { row, index in Float(row * 31 % 17 + index) * 1e-38 }),
            ("huge", make { row, index in Float(row * 31 % 17 + index) * 1e12 }),
            ("one long row", make { row, index in row == 7 ? 1e6 : Float(row * 7 % 13) }),
            ("no numbers", withoutNumbers),
            ("nearly equal", nearlyEqual),
        ]
    }

    private static func make(_ value: (Int, Int) -> Float) -> [[Float]] {
        (0..<count).map { row in (0..<dimension).map { value(row, $0) } }
    }

    private static var withoutNumbers: [[Float]] {
        var rows = Distributions.uniform(count, dimension: dimension, seed: 3)
        rows[5][3] = .infinity
        rows[6][0] = -.infinity
        rows[9] = rows[9].map { _ in 3e38 }
        return rows
    }

    private static var nearlyEqual: [[Float]] {
        let random = SeededRandom(seed: 4)
        return (0..<count).map { row in
            (0..<dimension).map { index in
                (row < 400 ? 1 : random.unitFloat()) + 1e-6 * random.unitFloat()
            }
        }
    }
}
