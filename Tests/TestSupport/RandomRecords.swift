import ChromaModel

/// Records with awkward values of every kind, for what writes them out.
package struct RandomRecords {
    private let random: SeededRandom

    package init(_ random: SeededRandom) { self.random = random }

    private static let pieces = [
        "", "a", "plain words ", "\"", "\\", "/", "\n", "\r", "\t", "\u{0}", "\u{1f}", "\u{7f}",
        "\u{80}", "é", "e\u{301}", "日本語", "😀\u{200D}👩", "\u{FFFF}", "\u{2028}", "\\u0041",
        "seven..", "eight...", "nine....,", String(repeating: "long ", count: 20),
        String(repeating: "\u{1}\"", count: 40),
    ]

    private static let keys = ["", "a", "k\"", "chroma:x", "chroma:", "chrom", "é", "e\u{301}"]

    /// Some pieces in a row, so that special bytes are at every place of a word.
    package func text() -> String {
        (0..<random.below(6)).map { _ in one(of: Self.pieces) }.joined()
    }

    /// A map, maybe empty, maybe with reserved keys.
    package func metadata() -> Metadata {
        Metadata(
            (0..<random.below(6)).map { _ in
                MetadataEntry(MetadataKey(one(of: Self.keys) + text()), value())
            })
    }

    package func value() -> MetadataValue {
        switch random.below(9) {
        case 0: .bool(coin())
        case 1: .int(int())
        case 2: .float(double())
        case 3: .string(text())
        case 4: .bools(list(coin))
        case 5: .ints(list(int))
        case 6: .floats(list(double))
        case 7: .strings(list(text))
        default: .sparse(sparse())
        }
    }

    package func int() -> Int64 {
        one(of: [Int64(truncatingIfNeeded: random.next()), .min, .max, 0, -1, 9, 10, -100])
    }

    /// Not finite ones among them: a damaged file may have them.
    package func double() -> Double {
        one(of: [
            Double(random.unitFloat()), Double(bitPattern: random.next()), 0, -0.0, 1e16, 1e-5,
            .leastNonzeroMagnitude, .greatestFiniteMagnitude, .nan, .infinity,
        ])
    }

    package func float() -> Float {
        one(of: [random.unitFloat(), 0, -0.0, 1e-7, 3.4e38, .nan, -.infinity, 16_777_216])
    }

    package func maybe<Value>(_ value: () -> Value) -> Value? { coin() ? value() : nil }

    private func sparse() -> SparseVector {
        let indices = [UInt32(0), 7, .max].prefix(random.below(4))
        return SparseVector(
            indices: Array(indices), values: indices.map { _ in float() },
            tokens: maybe { indices.map { _ in text() } })
    }

    private func list<Value>(_ value: () -> Value) -> [Value] {
        (0..<random.below(4)).map { _ in value() }
    }

    private func coin() -> Bool { random.below(2) == 0 }
    private func one<Value>(of values: [Value]) -> Value { values[random.below(values.count)] }
}
