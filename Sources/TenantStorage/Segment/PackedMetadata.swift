import ChromaModel

/// A row's metadata where it lies in its segment, as `ByteWriter.put(Metadata?)` wrote it.
struct PackedMetadata: StoredMetadata, @unchecked Sendable {
    // Safe to share: the owner's bytes never change.
    private let owner: AnyObject
    private let bytes: UnsafeRawBufferPointer

    /// - Parameter owner: keeps the memory of `bytes` alive and unchanged.
    init(owner: AnyObject, bytes: UnsafeRawBufferPointer) {
        self.owner = owner
        self.bytes = bytes
    }

    var metadata: Metadata? {
        withExtendedLifetime(owner) { (try? LogEntryReader.metadata(from: bytes)) ?? nil }
    }

    func forEachEntry(
        _ body: (_ key: UnsafeRawBufferPointer, _ value: MetadataValueView) -> Void
    ) -> Bool {
        withExtendedLifetime(owner) {
            do throws(StorageError) {
                try LogEntryReader.forEachEntry(in: bytes, body)
                return true
            } catch {
                return false
            }
        }
    }
}
