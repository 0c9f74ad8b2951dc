import ChromaModel
import SwiftProtobuf
import TesseraRPC

extension EngineMetadata {
    init(_ metadata: Metadata) {
        self.init()
        entries = metadata.entries.map { EngineMetadataEntry($0.key, $0.value) }
    }

    init(_ patch: MetadataPatch) {
        self.init()
        entries = patch.changes.map { EngineMetadataEntry($0.key, $0.value) }
    }

    /// The map. Throws `internalError` when an entry has no value.
    func metadata() throws(ServiceError) -> Metadata {
        var result: [MetadataEntry] = []
        result.reserveCapacity(entries.count)
        for entry in entries {
            guard let value = entry.modelValue else { throw .unreadable("metadata") }
            result.append(MetadataEntry(MetadataKey(entry.key), value))
        }
        return Metadata(result)
    }

    /// The changes of a map.
    var patch: MetadataPatch {
        MetadataPatch(
            entries.map { MetadataPatch.Change(MetadataKey($0.key), $0.modelValue) })
    }
}

extension EngineMetadataEntry {
    fileprivate init(_ key: MetadataKey, _ value: MetadataValue?) {
        self.init()
        self.key = key.value
        self.value = value.map(OneOf_Value.init)
    }

    fileprivate var modelValue: MetadataValue? {
        switch value {
        case nil: nil
        case .bool(let value): .bool(value)
        case .int(let value): .int(value)
        case .float(let value): .float(value)
        case .string(let value): .string(value)
        case .sparse(let vector): .sparse(SparseVector(vector))
        case .bools(let list): .bools(list.values)
        case .ints(let list): .ints(list.values)
        case .floats(let list): .floats(list.values)
        case .strings(let list): .strings(list.values)
        }
    }
}

extension EngineMetadataEntry.OneOf_Value {
    fileprivate init(_ value: MetadataValue) {
        switch value {
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(value)
        case .float(let value): self = .float(value)
        case .string(let value): self = .string(value)
        case .sparse(let vector): self = .sparse(EngineSparseVector(vector))
        case .bools(let list): self = .bools(.with { $0.values = list })
        case .ints(let list): self = .ints(.with { $0.values = list })
        case .floats(let list): self = .floats(.with { $0.values = list })
        case .strings(let list): self = .strings(.with { $0.values = list })
        }
    }
}

extension SparseVector {
    fileprivate init(_ message: EngineSparseVector) {
        self.init(
            indices: message.indices, values: message.values,
            tokens: message.hasTokens ? message.tokens.values : nil)
    }
}

extension EngineSparseVector {
    fileprivate init(_ vector: SparseVector) {
        self.init()
        indices = vector.indices
        values = vector.values
        if let labels = vector.tokens { tokens = .with { $0.values = labels } }
    }
}
