import TestSupport

/// A pattern, and the obvious way to match it: all ends from all starts.
struct NaivePattern {
    typealias Scalars = [Unicode.Scalar]

    /// As Rust's `regex` writes it.
    let text: String
    /// Places where a match that begins at a place can end.
    private let ends: (Scalars, Int) -> Set<Int>

    func matches(_ text: Scalars) -> Bool { (0...text.count).contains { !ends(text, $0).isEmpty } }

    // What texts are made of: words and no words, in ASCII and beyond, and what RE2's wrapping of
    // texts could confuse.
    private static let alphabet: Scalars = [
        "a", "b", "K", "k", "\u{212A}", "é", "É", "0", "٣", "_", "-", " ", "\u{2003}", "\n", "!",
        "😀",
    ]

    static func randomText(_ random: SeededRandom) -> Scalars {
        (0..<random.below(9)).map { _ in alphabet[random.below(alphabet.count)] }
    }

    static func random(_ random: SeededRandom, depth: Int) -> NaivePattern {
        guard depth > 0 else { return leaf(random) }
        switch random.below(7) {
        case 0, 1, 2:
            let count = 1 + random.below(3)
            return .sequence((0..<count).map { _ in Self.random(random, depth: depth - 1) })
        case 3:
            return .choice((0..<2).map { _ in Self.random(random, depth: depth - 1) })
        case 4:
            let min = random.below(3)
            let max = random.below(2) == 0 ? nil : min + random.below(3)
            return .repeated(Self.random(random, depth: depth - 1), min, max)
        default: return leaf(random)
        }
    }

    private static func leaf(_ random: SeededRandom) -> NaivePattern {
        switch random.below(6) {
        case 0: return assertion(random)
        case 1: return set(random)
        case 2: return .ignoringCase(random)
        default: return .literal(random)
        }
    }

    // Leaves

    private static func literal(_ random: SeededRandom) -> NaivePattern {
        let scalar = alphabet[random.below(alphabet.count)]
        let number = String(scalar.value, radix: 16)
        let spellings = [
            "\\x{\(number)}", "\\u{\(number)}", "[\\u{\(number)}]",
            "\(scalar == "-" ? "\\-" : String(scalar))", "(?x: \\x{\(number)} # none\n )",
        ]
        return .one(spellings[random.below(spellings.count)]) { $0 == scalar }
    }

    private static func ignoringCase(_ random: SeededRandom) -> NaivePattern {
        let twins: [[Unicode.Scalar]] = [["k", "K", "\u{212A}"], ["é", "É"], ["a", "A"]]
        let orbit = twins[random.below(twins.count)]
        let scalar = orbit[random.below(orbit.count)]
        switch random.below(3) {
        case 0: return .one("(?i:\(scalar))") { orbit.contains($0) }
        case 1: return .one("(?i:[\(scalar)])") { orbit.contains($0) }
        default: return .one("(?i:[^\(scalar)])") { !orbit.contains($0) }
        }
    }

    private static func set(_ random: SeededRandom) -> NaivePattern {
        let sets: [(String, (Unicode.Scalar) -> Bool)] = [
            (".", { $0 != "\n" }), ("(?s:.)", { _ in true }), ("\\w", isWord),
            ("\\W", { !isWord($0) }), ("\\d", { $0 == "0" || $0 == "٣" }),
            ("\\s", { [" ", "\n", "\u{2003}"].contains($0) }),
            ("(?-u:\\w)", { isWord($0) && $0.isASCII }),
            ("[a-k&&[^b]]", { ("a"..."k").contains($0) && $0 != "b" }),
            ("[\\w--\\d]", { isWord($0) && $0 != "0" && $0 != "٣" }),
            ("[a-b~~b-k]", { $0 == "a" || ("c"..."k").contains($0) }),
            ("[^\\w\\s]", { !isWord($0) && ![" ", "\n", "\u{2003}"].contains($0) }),
            ("[0[:upper:]-]", { ["0", "K", "-"].contains($0) }),
            ("\\p{Lu}", { ["K", "\u{212A}", "É"].contains($0) }),
        ]
        let (text, holds) = sets[random.below(sets.count)]
        return .one(text, holds)
    }

    private static func assertion(_ random: SeededRandom) -> NaivePattern {
        let all: [(String, (Scalars, Int) -> Bool)] = [
            ("\\b", isBoundary), ("\\B", { !isBoundary($0, $1) }), ("^", { $1 == 0 }),
            ("$", { $1 == $0.count }), ("(?m:^)", { $1 == 0 || $0[$1 - 1] == "\n" }),
            ("(?m:$)", { $1 == $0.count || $0[$1] == "\n" }),
        ]
        let (text, holds) = all[random.below(all.count)]
        return NaivePattern(text: text) { holds($0, $1) ? [$1] : [] }
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        !["-", " ", "\u{2003}", "\n", "!", "😀"].contains(scalar)
    }

    private static func isBoundary(_ text: Scalars, _ place: Int) -> Bool {
        let before = place > 0 && isWord(text[place - 1])
        let after = place < text.count && isWord(text[place])
        return before != after
    }

    // Shapes

    private static func one(
        _ text: String, _ holds: @escaping (Unicode.Scalar) -> Bool
    ) -> NaivePattern {
        NaivePattern(text: text) { $1 < $0.count && holds($0[$1]) ? [$1 + 1] : [] }
    }

    private static func sequence(_ parts: [NaivePattern]) -> NaivePattern {
        NaivePattern(text: parts.map { "(?:\($0.text))" }.joined()) { text, start in
            parts.reduce([start]) { starts, part in
                starts.reduce(into: []) { $0.formUnion(part.ends(text, $1)) }
            }
        }
    }

    private static func choice(_ parts: [NaivePattern]) -> NaivePattern {
        NaivePattern(text: parts.map(\.text).joined(separator: "|")) { text, start in
            parts.reduce(into: []) { $0.formUnion($1.ends(text, start)) }
        }
    }

    private static func repeated(_ part: NaivePattern, _ min: Int, _ max: Int?) -> NaivePattern {
        let bounds = "{\(min),\(max.map { "\($0)" } ?? "")}"
        return NaivePattern(text: "(\(part.text))" + bounds) { text, start in
            var (found, last) = (Set<Int>(), Set([start]))
            var count = 0
            var seen = Set<Int>()
            while !last.isEmpty, max.map({ count <= $0 }) ?? true {
                if count >= min {
                    found.formUnion(last)
                    if last.isSubset(of: seen) { break }
                    seen.formUnion(last)
                }
                let starts = last
                last = []
                for start in starts { last.formUnion(part.ends(text, start)) }
                count += 1
            }
            return found
        }
    }
}
