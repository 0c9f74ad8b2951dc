import ChromaModel
import SwiftProtobuf
import TesseraRPC

extension DataMetadata {
    /// The map as a change of metadata; of a key given twice the last one counts.
    ///
    /// - Parameter allowingNulls: whether a null may remove its key.
    /// - Throws: `invalidArgument` for an entry without a value, or a null where none may be.
    func patch(allowingNulls: Bool) throws(ServiceError) -> MetadataPatch {
        var changes: [MetadataPatch.Change] = []
        changes.reserveCapacity(entries.count)
        for entry in entries {
            guard let given = entry.value else {
                throw .invalid("metadata: the entry \"\(entry.key)\" has no value")
            }
            let value = MetadataValue(given)
            guard value != nil || allowingNulls else {
                throw .invalid("metadata: \"\(entry.key)\" is null; only a change may remove a key")
            }
            changes.append(MetadataPatch.Change(MetadataKey(entry.key), value))
        }
        return MetadataPatch(changes)
    }

    init(_ metadata: Metadata) {
        self.init()
        entries = metadata.entries.map { entry in
            .with {
                $0.key = entry.key.value
                $0.value = DataMetadataEntry.OneOf_Value(entry.value)
            }
        }
    }
}

extension MetadataValue {
    /// nil for a null.
    fileprivate init?(_ value: DataMetadataEntry.OneOf_Value) {
        switch value {
        case .null: return nil
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(value)
        case .float(let value): self = .float(value)
        case .string(let value): self = .string(value)
        case .sparse(let vector): self = .sparse(SparseVector(vector))
        case .bools(let list): self = .bools(list.values)
        case .ints(let list): self = .ints(list.values)
        case .floats(let list): self = .floats(list.values)
        case .strings(let list): self = .strings(list.values)
        }
    }
}

extension DataMetadataEntry.OneOf_Value {
    fileprivate init(_ value: MetadataValue) {
        switch value {
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(value)
        case .float(let value): self = .float(value)
        case .string(let value): self = .string(value)
        case .sparse(let vector): self = .sparse(DataSparseVector(vector))
        case .bools(let list): self = .bools(.with { $0.values = list })
        case .ints(let list): self = .ints(.with { $0.values = list })
        case .floats(let list): self = .floats(.with { $0.values = list })
        case .strings(let list): self = .strings(.with { $0.values = list })
        }
    }
}

extension SparseVector {
    fileprivate init(_ message: DataSparseVector) {
        self.init(
            indices: message.indices, values: message.values,
            tokens: message.tokens.isEmpty ? nil : message.tokens)
    }
}

extension DataSparseVector {
    fileprivate init(_ vector: SparseVector) {
        self.init()
        indices = vector.indices
        values = vector.values
        tokens = vector.tokens ?? []
    }
}
