/// The metadata of a record in an answer: a map, or bytes that are read entry by entry where they
/// are stored.
package enum MetadataView: Sendable {
    case map(Metadata)
    case stored(any StoredMetadata)

    /// The map as a value; nil when it was stored and can't be read any more.
    package var metadata: Metadata? {
        switch self {
        case .map(let metadata): metadata
        case .stored(let stored): stored.metadata
        }
    }

    /// Calls `body` with the UTF-8 of each key and with its value, in order of the keys' bytes.
    ///
    /// - Returns: false when the map was stored and can't be read to its end.
    package func forEachEntry(
        _ body: (_ key: UnsafeRawBufferPointer, _ value: MetadataValueView) -> Void
    ) -> Bool {
        switch self {
        case .map(let metadata):
            metadata.forEachEntry(body)
            return true
        case .stored(let stored): return stored.forEachEntry(body)
        }
    }

    /// The keys' bytes and the values' (protocol §9.2).
    package var logicalBytes: Int {
        var bytes = 0
        _ = forEachEntry { key, value in bytes += key.count + value.logicalBytes }
        return bytes
    }
}

/// A metadata map in whatever form a storage has it.
package protocol StoredMetadata: Sendable {
    /// The map as a value; nil when it can't be read any more.
    var metadata: Metadata? { get }

    /// As `MetadataView.forEachEntry`.
    func forEachEntry(
        _ body: (_ key: UnsafeRawBufferPointer, _ value: MetadataValueView) -> Void
    ) -> Bool
}

/// One value of a metadata map while somebody looks at it.
package enum MetadataValueView {
    case bool(Bool)
    case int(Int64)
    case float(Double)
    /// Its UTF-8, valid during the call that it was given to.
    case string(UnsafeRawBufferPointer)
    /// An array or a sparse vector. They are rare, so nobody reads them in place.
    case compound(MetadataValue)

    /// As `MetadataValue.logicalBytes`.
    package var logicalBytes: Int {
        switch self {
        case .bool: 1
        case .int, .float: 8
        case .string(let text): text.count
        case .compound(let value): value.logicalBytes
        }
    }
}

extension Metadata {
    fileprivate func forEachEntry(
        _ body: (_ key: UnsafeRawBufferPointer, _ value: MetadataValueView) -> Void
    ) {
        for entry in entries {
            var key = entry.key.value
            key.withUTF8 { key in
                entry.value.withView { body(UnsafeRawBufferPointer(key), $0) }
            }
        }
    }
}

extension MetadataValue {
    fileprivate func withView(_ body: (MetadataValueView) -> Void) {
        switch self {
        case .bool(let value): body(.bool(value))
        case .int(let value): body(.int(value))
        case .float(let value): body(.float(value))
        case .string(var text): text.withUTF8 { body(.string(UnsafeRawBufferPointer($0))) }
        case .sparse, .bools, .ints, .floats, .strings: body(.compound(self))
        }
    }
}
