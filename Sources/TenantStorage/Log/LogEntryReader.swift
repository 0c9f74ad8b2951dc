import ChromaModel

/// Reads what `LogEntrySerializer` wrote.
package enum LogEntryReader {
    /// - Throws: `StorageError.malformed` for anything that is not exactly one entry.
    package static func entry(from bytes: UnsafeRawBufferPointer) throws(StorageError) -> LogEntry {
        var reader = ByteReader(bytes)
        let entry = try reader.takeEntry()
        guard reader.remaining == 0 else { throw .malformed("bytes after the entry") }
        return entry
    }

    /// A metadata map as `ByteWriter.put(Metadata?)` writes it.
    static func metadata(from bytes: UnsafeRawBufferPointer) throws(StorageError) -> Metadata? {
        var reader = ByteReader(bytes)
        return try reader.takeMetadata()
    }
}

extension ByteReader {
    fileprivate mutating func takeEntry() throws(StorageError) -> LogEntry {
        let raw: UInt8 = try take()
        guard let kind = LogEntrySerializer.Kind(rawValue: raw) else {
            throw .malformed("entry kind \(raw) is unknown; a newer version wrote it")
        }
        switch kind {
        case .collectionCreated:
            return .collectionCreated(
                id: CollectionID(try takeID()), database: DatabaseID(try takeID()),
                name: CollectionName(try takeText()), metadata: try takeMetadata(),
                settings: try takeSettings())
        case .collectionModified:
            return .collectionModified(id: CollectionID(try takeID()), change: try takeChange())
        case .collectionDeleted: return .collectionDeleted(id: CollectionID(try takeID()))
        case .databaseDropped: return .databaseDropped(DatabaseID(try takeID()))
        case .collectionForked:
            return .collectionForked(
                source: CollectionID(try takeID()), id: CollectionID(try takeID()),
                name: CollectionName(try takeText()))
        case .recordsWritten:
            let collection = CollectionID(try takeID())
            let operation = try takeOperation()
            return .recordsWritten(
                collection: collection, operation: operation, batch: try takeBatch())
        case .recordsDeleted:
            let collection = CollectionID(try takeID())
            return .recordsDeleted(collection: collection, ids: try takeRecordIDs())
        case .transactionCommitted:
            let collection = CollectionID(try takeID())
            let changes = try takeList(bytesMin: 5) { (reader) throws(StorageError) in
                try reader.takeRecordChange()
            }
            return .transactionCommitted(collection: collection, changes: changes)
        case .charged: return .charged(try takeCharges())
        }
    }

    private mutating func takeOperation() throws(StorageError) -> WriteOperation {
        let raw: UInt8 = try take()
        guard let operation = WriteOperation(rawValue: raw) else {
            throw .malformed("write operation \(raw) is unknown")
        }
        return operation
    }

    private mutating func takeRecordChange() throws(StorageError) -> RecordChange {
        let operation = try takeOperation()
        return operation == .delete
            ? .delete(try takeRecordIDs()) : .write(operation, try takeBatch())
    }

    private mutating func takeRecordIDs() throws(StorageError) -> [RecordID] {
        try takeList(bytesMin: 4) { (reader) throws(StorageError) in
            RecordID(try reader.takeText())
        }
    }

    mutating func takeSettings() throws(StorageError) -> CollectionSettings {
        let name = try takeText()
        guard let space = DistanceSpace(rawValue: name) else {
            throw .malformed("distance space \(name) is unknown")
        }
        return CollectionSettings(
            space: space, configurationJSON: try takeText(), schemaJSON: try takeText())
    }

    private mutating func takeChange() throws(StorageError) -> CollectionChange {
        var change = CollectionChange()
        change.name = try takeOptionalText().map { CollectionName($0) }
        if try takeBool() { change.metadata = .some(try takeMetadata()) }
        if try takeBool() { change.settings = try takeSettings() }
        return change
    }

    private mutating func takeBatch() throws(StorageError) -> RecordBatch {
        let columns = LogEntrySerializer.Columns(rawValue: try take())
        var batch = RecordBatch(ids: try takeRecordIDs())
        if columns.contains(.embeddings) { batch.embeddings = try takeMatrix() }
        if columns.contains(.documents) { batch.documents = try takeTexts() }
        if columns.contains(.uris) { batch.uris = try takeTexts() }
        if columns.contains(.metadatas) {
            batch.metadatas = try takeList(bytesMin: 4) { (reader) throws(StorageError) in
                try reader.takePatch()
            }
        }
        let counts = [
            batch.embeddings?.rowCount, batch.documents?.count, batch.uris?.count,
            batch.metadatas?.count,
        ]
        guard counts.allSatisfy({ $0 == nil || $0 == batch.ids.count }) else {
            throw .malformed("columns of different lengths")
        }
        return batch
    }

    private mutating func takeTexts() throws(StorageError) -> [String?] {
        try takeList(bytesMin: 4) { (reader) throws(StorageError) in
            try reader.takeOptionalText()
        }
    }

    private mutating func takeMatrix() throws(StorageError) -> EmbeddingMatrix {
        let dimension = Int(try take(UInt32.self))
        let rowCount = Int(try take(UInt32.self))
        let hasAbsentRows = try takeBool()
        guard rowCount <= remaining else { throw .malformed("a matrix runs past the end") }
        var isPresent = [Bool](repeating: true, count: rowCount)
        if hasAbsentRows {
            for row in 0..<rowCount { isPresent[row] = try takeBool() }
        }
        var builder = EmbeddingMatrix.Builder(capacity: min(rowCount * dimension, remaining / 4))
        for row in 0..<rowCount {
            if isPresent[row] {
                builder.append(littleEndian: try takeRaw(dimension * 4))
                builder.endRow()
            } else {
                builder.appendAbsentRow()
            }
        }
        return builder.finish()
    }

    mutating func takeMetadata() throws(StorageError) -> Metadata? {
        guard let patch = try takePatch() else { return nil }
        return Metadata(
            patch.changes.compactMap { change in
                change.value.map { MetadataEntry(change.key, $0) }
            })
    }

    private mutating func takePatch() throws(StorageError) -> MetadataPatch? {
        var ahead = self
        if try ahead.take(UInt32.self) == ByteWriter.absent {
            self = ahead
            return nil
        }
        return MetadataPatch(
            try takeList(bytesMin: 5) { (reader) throws(StorageError) in
                let key = MetadataKey(try reader.takeText())
                return MetadataPatch.Change(key, try reader.takeMetadataValue())
            })
    }

    /// Nil for a value that isn't there.
    mutating func takeMetadataValue() throws(StorageError) -> MetadataValue? {
        let raw: UInt8 = try take()
        guard let tag = MetadataTag(rawValue: raw) else {
            throw .malformed("metadata tag \(raw) is unknown")
        }
        switch tag {
        case .none: return nil
        case .bool: return .bool(try takeBool())
        case .int: return .int(try take())
        case .float: return .float(try takeDouble())
        case .string: return .string(try takeText())
        case .sparse: return .sparse(try takeSparse())
        case .bools:
            return .bools(try takeList { (reader) throws(StorageError) in try reader.takeBool() })
        case .ints:
            return .ints(
                try takeList(bytesMin: 8) { (reader) throws(StorageError) in try reader.take() })
        case .floats:
            return .floats(
                try takeList(bytesMin: 8) { (reader) throws(StorageError) in
                    try reader.takeDouble()
                })
        case .strings: return .strings(try takeStrings())
        }
    }

    private mutating func takeStrings() throws(StorageError) -> [String] {
        try takeList(bytesMin: 4) { (reader) throws(StorageError) in try reader.takeText() }
    }

    private mutating func takeSparse() throws(StorageError) -> SparseVector {
        let indices: [UInt32] = try takeList(bytesMin: 4) { (reader) throws(StorageError) in
            try reader.take()
        }
        let values: [Float] = try takeList(bytesMin: 4) { (reader) throws(StorageError) in
            try reader.takeFloat()
        }
        let tokens = try takeBool() ? try takeStrings() : nil
        return SparseVector(indices: indices, values: values, tokens: tokens)
    }
}
