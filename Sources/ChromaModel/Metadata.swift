/// A sparse vector as metadata: strictly ascending indices, finite values, optional tokens.
package struct SparseVector: Hashable, Sendable {
    package var indices: [UInt32]
    package var values: [Float]
    /// Labels, one an index, or nil when none were given.
    package var tokens: [String]?

    package init(indices: [UInt32], values: [Float], tokens: [String]?) {
        self.indices = indices
        self.values = values
        self.tokens = tokens
    }

    /// Equal lengths, strictly ascending indices and finite values (protocol §2.4).
    package var isValid: Bool {
        guard indices.count == values.count, values.allSatisfy(\.isFinite) else { return false }
        guard tokens.map({ $0.count == indices.count }) ?? true else { return false }
        return zip(indices, indices.dropFirst()).allSatisfy { $0 < $1 }
    }
}

/// One value of a metadata map (protocol §2.4).
package enum MetadataValue: Hashable, Sendable {
    case bool(Bool)
    case int(Int64)
    case float(Double)
    case string(String)
    case sparse(SparseVector)
    case bools([Bool])
    case ints([Int64])
    case floats([Double])
    case strings([String])
}

/// One entry of a metadata map.
package struct MetadataEntry: Hashable, Sendable {
    package let key: MetadataKey
    package let value: MetadataValue

    package init(_ key: MetadataKey, _ value: MetadataValue) {
        self.key = key
        self.value = value
    }
}

/// A metadata map: entries sorted by the bytes of their keys, keys unique.
package struct Metadata: Hashable, Sendable {
    package private(set) var entries: [MetadataEntry]

    package init() { entries = [] }

    /// Sorts the entries; of equal keys the last given wins.
    package init(_ given: [MetadataEntry]) {
        entries = []
        for entry in given { set(entry.key, entry.value) }
    }

    package var isEmpty: Bool { entries.isEmpty }

    package subscript(key: MetadataKey) -> MetadataValue? {
        let place = position(of: key)
        return place < entries.count && entries[place].key == key ? entries[place].value : nil
    }

    /// Sets or, with nil, removes one key.
    package mutating func set(_ key: MetadataKey, _ value: MetadataValue?) {
        let place = position(of: key)
        let exists = place < entries.count && entries[place].key == key
        switch (value, exists) {
        case (let value?, true): entries[place] = MetadataEntry(key, value)
        case (let value?, false): entries.insert(MetadataEntry(key, value), at: place)
        case (nil, true): entries.remove(at: place)
        case (nil, false): break
        }
    }

    /// The place of `key`, or the place where it would be inserted.
    private func position(of key: MetadataKey) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// What a write says of a record's metadata: each key is set or, with nil, removed; keys not
/// named stay (protocol §3).
package struct MetadataPatch: Hashable, Sendable {
    package struct Change: Hashable, Sendable {
        package let key: MetadataKey
        package let value: MetadataValue?

        package init(_ key: MetadataKey, _ value: MetadataValue?) {
            self.key = key
            self.value = value
        }
    }

    package let changes: [Change]

    package init(_ changes: [Change]) { self.changes = changes }

    /// The map after the patch; nil when nothing is left, as Chroma reads it back.
    package func applied(to base: Metadata?) -> Metadata? {
        var result = base ?? Metadata()
        for change in changes {
            // An empty array is accepted and stores nothing (protocol §2.4).
            result.set(change.key, change.value?.isEmptyArray == true ? nil : change.value)
        }
        return result.isEmpty ? nil : result
    }
}

extension MetadataValue {
    /// Whether this is an array without elements.
    package var isEmptyArray: Bool {
        switch self {
        case .bools(let list): list.isEmpty
        case .ints(let list): list.isEmpty
        case .floats(let list): list.isEmpty
        case .strings(let list): list.isEmpty
        default: false
        }
    }
}
