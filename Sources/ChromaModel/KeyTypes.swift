/// Types of metadata values as a schema tells them apart: an array has the type of its elements.
package struct ValueTypeSet: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let bool = ValueTypeSet(rawValue: 1)
    package static let int = ValueTypeSet(rawValue: 2)
    package static let float = ValueTypeSet(rawValue: 4)
    package static let string = ValueTypeSet(rawValue: 8)
    package static let sparse = ValueTypeSet(rawValue: 16)

    /// The type of a value; none for an array without elements.
    package init(_ value: MetadataValue) {
        self =
            switch value {
            case _ where value.isEmptyArray: []
            case .bool, .bools: .bool
            case .int, .ints: .int
            case .float, .floats: .float
            case .string, .strings: .string
            case .sparse: .sparse
            }
    }
}

/// The metadata keys that the records of a collection ever had, and the types of their values:
/// what its schema grows by (protocol §5.5).
///
/// It only ever grows, so of one collection's states `pairCount` tells which is which.
package struct KeyTypes: Hashable, Sendable {
    /// Keys remembered. A schema is sent with every answer that shows the collection, so records
    /// with ever new keys must not make it endless. Keys past it are indexed all the same.
    package static let keysMax = 4096
    /// Keys that start so are the server's own.
    private static let reservedPrefix = "chroma:"

    package private(set) var types: [MetadataKey: ValueTypeSet] = [:]
    /// Pairs of key and type.
    package private(set) var pairCount = 0

    package init() {}

    /// Takes in what a write says of metadata, whether or not it has an effect.
    package mutating func learn(_ patches: [MetadataPatch?]) {
        for case let patch? in patches {
            for change in patch.changes {
                guard let value = change.value else { continue }
                learn(change.key, ValueTypeSet(value))
            }
        }
    }

    package mutating func learn(_ key: MetadataKey, _ new: ValueTypeSet) {
        let known = types[key]
        guard !new.isSubset(of: known ?? []) else { return }
        guard known != nil || types.count < Self.keysMax,
            !key.value.utf8.starts(with: Self.reservedPrefix.utf8)
        else { return }
        let all = new.union(known ?? [])
        pairCount += all.rawValue.nonzeroBitCount - (known ?? []).rawValue.nonzeroBitCount
        types[key] = all
    }
}
