import Synchronization

/// The classes of Unicode that regular expressions name, each computed when first asked for.
enum UnicodeClass {
    private static let computed = Mutex<[String: ScalarSet]>([:])

    /// `\d`
    static var digits: ScalarSet { Self.set("nd") ?? ScalarSet() }
    /// `\s`
    static var spaces: ScalarSet { Self.set("whitespace") ?? ScalarSet() }
    /// `\w`, as Unicode's technical standard 18 has it.
    static var words: ScalarSet {
        cached("\\w") {
            scalars { properties in
                if properties.isAlphabetic || properties.isJoinControl { return true }
                switch properties.generalCategory {
                case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber,
                    .connectorPunctuation:
                    return true
                default: return false
                }
            }
        }
    }

    /// What `\p{name}` or `\p{key=name}` stands for; nil when it is unknown here.
    static func named(_ name: String, key: String? = nil) -> ScalarSet? {
        let name = loose(name)
        switch key.map(loose) {
        case nil: return set(name) ?? script(name)
        case "gc", "generalcategory": return category(name)
        case "sc", "script": return script(name)
        default: return nil
        }
    }

    /// Upper and lower case, spaces, `_`, `-` and a leading "is" are one (UAX #44, LM3).
    private static func loose(_ name: String) -> String {
        var letters = name.lowercased().unicodeScalars.filter { scalar in
            !(scalar == "_" || scalar == "-" || scalar.properties.isWhitespace)
        }
        if letters.starts(with: "is".unicodeScalars), letters.count > 3 { letters.removeFirst(2) }
        return String(String.UnicodeScalarView(letters))
    }

    private static func set(_ name: String) -> ScalarSet? {
        if let set = category(name) { return set }
        guard let holds = UnicodeProperties.all[name] else { return nil }
        return cached(name) { scalars(where: holds) }
    }

    private static func category(_ name: String) -> ScalarSet? {
        switch name {
        case "any": return .all
        case "ascii": return .ascii
        case "assigned": return category("cn")?.complement
        default: break
        }
        guard let categories = UnicodeCategories.all[name] else { return nil }
        let held = Set(categories)
        return cached("gc=" + name) { scalars { held.contains($0.generalCategory) } }
    }

    private static func script(_ name: String) -> ScalarSet? {
        guard let script = UnicodeScripts.all[name] else { return nil }
        if let known = computed.withLock({ $0["sc=" + script] }) { return known }
        guard let set = UnicodeScripts.scalars(of: script) else { return nil }
        return cached("sc=" + script) { set }
    }

    private static func cached(_ name: String, _ compute: () -> ScalarSet) -> ScalarSet {
        if let known = computed.withLock({ $0[name] }) { return known }
        let set = compute()
        computed.withLock { $0[name] = set }
        return set
    }

    /// Where scalars differ. Every plane beyond holds one kind, unassigned or private, and two
    /// noncharacters at its end; so does the rest of plane 14.
    private static let mixed: [ClosedRange<UInt32>] = [0...0x3FFFF, 0xE0000...0xE0FFF]
    private static let uniform: [ClosedRange<UInt32>] =
        (4...13).map { plane($0) } + [0xE1000...0xEFFFD] + (15...16).map { plane($0) }

    private static func plane(_ number: UInt32) -> ClosedRange<UInt32> {
        (number << 16)...(number << 16 | 0xFFFD)
    }

    private static func scalars(
        where holds: (Unicode.Scalar.Properties) -> Bool
    ) -> ScalarSet {
        func isMember(_ value: UInt32) -> Bool {
            Unicode.Scalar(value).map { holds($0.properties) } ?? false
        }
        var ranges = uniform.filter { isMember($0.lowerBound) }
        for value in mixed.joined() where isMember(value) {
            if let last = ranges.last, last.upperBound + 1 == value {
                ranges[ranges.count - 1] = last.lowerBound...value
            } else {
                ranges.append(value...value)
            }
        }
        let noncharacters = uniform.flatMap { [$0.upperBound + 1, $0.upperBound + 2] }
        return ScalarSet(ranges + noncharacters.filter(isMember).map { $0...$0 })
    }
}
