import ChromaModel

/// Metadata that is read where it lies.
extension LogEntryReader {
    /// Calls `body` with each entry of a map as `ByteWriter.put(Metadata?)` wrote it, in its order.
    ///
    /// - Throws: `StorageError.malformed`, maybe after some entries.
    static func forEachEntry(
        in bytes: UnsafeRawBufferPointer,
        _ body: (_ key: UnsafeRawBufferPointer, _ value: MetadataValueView) -> Void
    ) throws(StorageError) {
        var reader = ByteReader(bytes)
        let count: UInt32 = try reader.take()
        guard count != ByteWriter.absent else { return }
        for _ in 0..<count {
            let key = try reader.takeTextBytes()
            if let value = try reader.takeMetadataValueView() { body(key, value) }
        }
    }

    /// One value of such a map; the values of other keys are walked over.
    static func metadataValue(_ key: MetadataKey, from bytes: UnsafeRawBufferPointer)
        throws(StorageError) -> MetadataValue?
    {
        var reader = ByteReader(bytes)
        let count: UInt32 = try reader.take()
        guard count != ByteWriter.absent else { return nil }
        for _ in 0..<count {
            let found = try reader.takeTextBytes()
            if found.elementsEqual(key.value.utf8) { return try reader.takeMetadataValue() }
            _ = try reader.takeMetadataValueView()
        }
        return nil
    }
}

extension ByteReader {
    /// The UTF-8 of a text, in place.
    fileprivate mutating func takeTextBytes() throws(StorageError) -> UnsafeRawBufferPointer {
        let count: UInt32 = try take()
        return try takeRaw(Int(count))
    }

    /// The next value of a map, texts in place; nil for one that isn't there.
    fileprivate mutating func takeMetadataValueView() throws(StorageError) -> MetadataValueView? {
        var ahead = self
        let tag: UInt8 = try ahead.take()
        let value: MetadataValueView
        switch MetadataTag(rawValue: tag) {
        case .bool: value = .bool(try ahead.takeBool())
        case .int: value = .int(try ahead.take())
        case .float: value = .float(try ahead.takeDouble())
        case .string: value = .string(try ahead.takeTextBytes())
        default: return try takeMetadataValue().map { .compound($0) }
        }
        self = ahead
        return value
    }
}
