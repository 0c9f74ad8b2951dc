import ChromaModel

/// The bytes of a log entry: a kind byte, then the fields in order (little-endian).
///
/// Kinds and tags are never renumbered; a reader refuses one it does not know.
package enum LogEntrySerializer {
    enum Kind: UInt8 {
        case collectionCreated = 1
        case collectionModified = 2
        case collectionDeleted = 3
        case databaseDropped = 4
        case recordsWritten = 5
        case recordsDeleted = 6
        case collectionForked = 7
        case transactionCommitted = 8
        case charged = 9
    }

    /// Which optional columns of a batch follow.
    struct Columns: OptionSet {
        let rawValue: UInt8
        static let embeddings = Columns(rawValue: 1)
        static let documents = Columns(rawValue: 2)
        static let uris = Columns(rawValue: 4)
        static let metadatas = Columns(rawValue: 8)
    }

    package static func bytes(of entry: LogEntry) -> [UInt8] {
        var writer = ByteWriter(capacity: sizeHint(entry))
        switch entry {
        case .collectionCreated(let id, let database, let name, let metadata, let settings):
            writer.put(Kind.collectionCreated.rawValue)
            writer.put(id.uuid)
            writer.put(database.uuid)
            writer.put(name.value)
            writer.put(metadata)
            writer.put(settings)
        case .collectionModified(let id, let change):
            writer.put(Kind.collectionModified.rawValue)
            writer.put(id.uuid)
            writer.put(change)
        case .collectionDeleted(let id):
            writer.put(Kind.collectionDeleted.rawValue)
            writer.put(id.uuid)
        case .databaseDropped(let id):
            writer.put(Kind.databaseDropped.rawValue)
            writer.put(id.uuid)
        case .collectionForked(let source, let id, let name):
            writer.put(Kind.collectionForked.rawValue)
            writer.put(source.uuid)
            writer.put(id.uuid)
            writer.put(name.value)
        case .recordsWritten(let collection, let operation, let batch):
            writer.put(Kind.recordsWritten.rawValue)
            writer.put(collection.uuid)
            writer.put(operation.rawValue)
            writer.put(batch)
        case .recordsDeleted(let collection, let ids):
            writer.put(Kind.recordsDeleted.rawValue)
            writer.put(collection.uuid)
            writer.put(each: ids) { $1.put($0.value) }
        case .transactionCommitted(let collection, let changes):
            writer.put(Kind.transactionCommitted.rawValue)
            writer.put(collection.uuid)
            writer.put(each: changes) { $1.put($0) }
        case .charged(let charges):
            writer.put(Kind.charged.rawValue)
            writer.put(charges)
        }
        return writer.finish()
    }

    private static func sizeHint(_ entry: LogEntry) -> Int {
        guard case .recordsWritten(_, _, let batch) = entry else { return 512 }
        let floats = (batch.embeddings?.values.count ?? 0) * 4
        let texts = batch.documents?.reduce(0) { $0 + ($1?.utf8.count ?? 0) } ?? 0
        return 64 + floats + texts + batch.ids.count * 96
    }
}

extension ByteWriter {
    mutating func put(_ settings: CollectionSettings) {
        put(settings.space.rawValue)
        put(settings.configurationJSON)
        put(settings.schemaJSON)
    }

    mutating func put(_ change: CollectionChange) {
        put(change.name?.value)
        put(change.metadata != nil)
        if let metadata = change.metadata { put(metadata) }
        put(change.settings != nil)
        if let settings = change.settings { put(settings) }
    }

    /// The operation, then its batch or, for a delete, its ids.
    mutating func put(_ change: RecordChange) {
        switch change {
        case .write(let operation, let batch):
            put(operation.rawValue)
            put(batch)
        case .delete(let ids):
            put(WriteOperation.delete.rawValue)
            put(each: ids) { $1.put($0.value) }
        }
    }

    mutating func put(_ batch: RecordBatch) {
        var columns: LogEntrySerializer.Columns = []
        if batch.embeddings != nil { columns.insert(.embeddings) }
        if batch.documents != nil { columns.insert(.documents) }
        if batch.uris != nil { columns.insert(.uris) }
        if batch.metadatas != nil { columns.insert(.metadatas) }
        put(columns.rawValue)
        put(each: batch.ids) { $1.put($0.value) }
        if let embeddings = batch.embeddings { put(embeddings) }
        if let documents = batch.documents { put(each: documents) { $1.put($0) } }
        if let uris = batch.uris { put(each: uris) { $1.put($0) } }
        if let metadatas = batch.metadatas { put(each: metadatas) { $1.put($0) } }
    }

    /// Dimension, row count, which rows are present, then all present rows at once.
    mutating func put(_ matrix: EmbeddingMatrix) {
        put(UInt32(matrix.dimension))
        put(UInt32(matrix.rowCount))
        put(matrix.places != nil)
        for place in matrix.places ?? [] { put(place != nil) }
        put(matrix.values)
    }

    package mutating func put(_ metadata: Metadata?) {
        guard let metadata else { return put(Self.absent) }
        put(each: metadata.entries) { entry, writer in
            writer.put(entry.key.value)
            writer.put(entry.value)
        }
    }

    mutating func put(_ patch: MetadataPatch?) {
        guard let patch else { return put(Self.absent) }
        put(each: patch.changes) { change, writer in
            writer.put(change.key.value)
            if let value = change.value { writer.put(value) } else { writer.put(MetadataTag.none) }
        }
    }

    mutating func put(_ tag: MetadataTag) { put(tag.rawValue) }

    mutating func put(_ value: MetadataValue) {
        switch value {
        case .bool(let bool):
            put(MetadataTag.bool)
            put(bool)
        case .int(let int):
            put(MetadataTag.int)
            put(int)
        case .float(let float):
            put(MetadataTag.float)
            put(float)
        case .string(let string):
            put(MetadataTag.string)
            put(string)
        case .sparse(let vector):
            put(MetadataTag.sparse)
            put(vector)
        case .bools(let list):
            put(MetadataTag.bools)
            put(each: list) { $1.put($0) }
        case .ints(let list):
            put(MetadataTag.ints)
            put(each: list) { $1.put($0) }
        case .floats(let list):
            put(MetadataTag.floats)
            put(each: list) { $1.put($0) }
        case .strings(let list):
            put(MetadataTag.strings)
            put(each: list) { $1.put($0) }
        }
    }

    mutating func put(_ vector: SparseVector) {
        put(each: vector.indices) { $1.put($0) }
        put(each: vector.values) { $1.put($0) }
        put(vector.tokens != nil)
        if let tokens = vector.tokens { put(each: tokens) { $1.put($0) } }
    }
}

/// How a metadata value is tagged on disk. Never renumbered.
enum MetadataTag: UInt8 {
    case none = 0
    case bool = 1
    case int = 2
    case float = 3
    case string = 4
    case sparse = 5
    case bools = 6
    case ints = 7
    case floats = 8
    case strings = 9
}
