/// Which scalars are one letter when case is ignored: Unicode's simple case folding.
struct CaseOrbits: Sendable {
    static let shared = CaseOrbits()

    /// By scalar; scalars without other cases are absent.
    private let orbits: [UInt32: [UInt32]]
    private let keys: [UInt32]

    /// Letters with cases are all below.
    private static let searchEnd: UInt32 = 0x1FFFF
    /// Its capital is I, but Unicode keeps it apart from i.
    private static let dotlessI: UInt32 = 0x131

    private init() {
        var orbits: [UInt32: [UInt32]] = [:]
        for scalar in (0...Self.searchEnd).lazy.compactMap({ Unicode.Scalar($0) }) {
            for twin in Self.twins(of: scalar) {
                let joined = (orbits[scalar.value] ?? [scalar.value]) + (orbits[twin] ?? [twin])
                let orbit = Set(joined).sorted()
                for member in orbit { orbits[member] = orbit }
            }
        }
        self.orbits = orbits
        keys = orbits.keys.sorted()
    }

    private static func twins(of scalar: Unicode.Scalar) -> [UInt32] {
        let properties = scalar.properties
        guard scalar.value != dotlessI, properties.changesWhenCaseMapped else { return [] }
        return [
            properties.lowercaseMapping, properties.uppercaseMapping, properties.titlecaseMapping,
        ].compactMap { mapping in
            let scalars = mapping.unicodeScalars
            guard scalars.count == 1, let twin = scalars.first, twin != scalar else { return nil }
            return twin.value
        }
    }

    /// Bound on the scalars that `closure` can look at.
    var count: Int { keys.count }

    func orbit(of scalar: UInt32) -> [UInt32] { orbits[scalar] ?? [scalar] }

    /// The set with the other cases of its letters.
    func closure(of set: ScalarSet) -> ScalarSet {
        var added: [ClosedRange<UInt32>] = []
        for range in set.ranges {
            for key in keys[firstKey(from: range.lowerBound)...] {
                guard key <= range.upperBound else { break }
                for twin in orbit(of: key) where !set.contains(twin) { added.append(twin...twin) }
            }
        }
        return added.isEmpty ? set : ScalarSet(set.ranges + added)
    }

    private func firstKey(from value: UInt32) -> Int {
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
