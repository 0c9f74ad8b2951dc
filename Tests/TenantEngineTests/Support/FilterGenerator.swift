import ChromaModel
import TestSupport

/// Random records and filters out of few values, so that they meet.
struct FilterGenerator {
    let random: SeededRandom

    private static let keys = ["a", "b", "tag", "é", ""].map { MetadataKey($0) }
    private static let ints: [Int64] = [
        0, 1, -1, 2, 1 << 53, 1 << 53 + 1, 1 << 53 - 1, -(1 << 53) - 1, .min, .max, .max - 1,
    ]
    private static let floats: [Double] = [
        0, -0.0, 1, 1.5, -1, 2, 0x1p53, 0x1p53 - 1, 0x1p53 + 2, 0x1p63, -0x1p63, 5e-324, 1e300,
        .infinity, -.infinity,
    ]
    private static let texts = ["", "x", "X", "1", "true", "é", "e\u{301}", "a long value of text"]
    private static let words = [
        "cat", "Cat", "CAT", "dog", "caf\u{e9}", "cafe\u{301}", "日本語", "100%", "a.b", "it's",
        "needle", "kite",
    ]
    private static let patterns = [
        "cat", "(?i)cat", "cat|needle", "n..dle", "dog cat", "^cat", "dog$", "[ck]a", "日本",
        "(cat|dog) (kite|needle)", "caf.", "a\\.b", ".*", "(?i)needle|KITE", "z",
    ]

    private func pick<Value>(_ values: [Value]) -> Value { values[random.below(values.count)] }
    private func some<Value>(_ values: [Value]) -> [Value] {
        (0...random.below(3)).map { _ in pick(values) }
    }

    func document() -> String? {
        guard random.below(5) > 0 else { return nil }
        return (0..<random.below(6)).map { _ in pick(Self.words) }.joined(separator: " ")
    }

    func metadata() -> MetadataPatch? {
        guard random.below(8) > 0 else { return nil }
        return MetadataPatch(
            (0...random.below(3)).map { _ in .init(pick(Array(Self.keys.dropLast())), value()) })
    }

    private func value() -> MetadataValue {
        switch random.below(9) {
        case 0: .bool(random.below(2) == 0)
        case 1: .int(pick(Self.ints))
        case 2: .float(pick(Self.floats))
        case 3: .string(pick(Self.texts))
        case 4: .sparse(SparseVector(indices: [1], values: [1], tokens: nil))
        case 5: .bools(some([true, false]))
        case 6: .ints(some(Self.ints))
        case 7: .floats(some(Self.floats))
        default: .strings(some(Self.texts))
        }
    }

    private func number() -> FilterNumber {
        random.below(2) == 0 ? .int(pick(Self.ints)) : .float(pick(Self.floats))
    }

    private func scalar() -> FilterScalar {
        switch random.below(4) {
        case 0: .bool(random.below(2) == 0)
        case 1: .string(pick(Self.texts))
        default: .number(number())
        }
    }

    /// - Parameter depth: of the tree at most.
    func filter(depth: Int = 3) -> Where {
        switch random.below(depth > 0 ? 9 : 6) {
        case 0...3: .metadata(pick(Self.keys), predicate())
        case 4: .document(documentPredicate())
        case 5: .id(idPredicate())
        case 6, 7: .all((0..<random.below(4)).map { _ in filter(depth: depth - 1) })
        default: .any((0..<random.below(4)).map { _ in filter(depth: depth - 1) })
        }
    }

    private func predicate() -> MetadataPredicate {
        switch random.below(10) {
        case 0: .equal(scalar())
        case 1: .notEqual(scalar())
        case 2: .greater(number())
        case 3: .greaterOrEqual(number())
        case 4: .less(number())
        case 5: .lessOrEqual(number())
        case 6: .isIn(some([scalar(), scalar(), scalar()]))
        case 7: .isNotIn(some([scalar(), scalar()]))
        case 8: .contains(scalar())
        default: .doesNotContain(scalar())
        }
    }

    private func documentPredicate() -> DocumentPredicate {
        let text = pick(Self.words + ["", "a", "at d", "dog cat", "absent"])
        return switch random.below(6) {
        case 0...2: .contains(text)
        case 3: .doesNotContain(text)
        case 4: .matches(regex: pick(Self.patterns))
        default: .doesNotMatch(regex: pick(Self.patterns))
        }
    }

    private func idPredicate() -> IDPredicate {
        let ids = (0..<random.below(6)).map { _ in RecordID("record \(random.below(1200))") }
        return random.below(2) == 0 ? .isIn(ids) : .isNotIn(ids)
    }
}
