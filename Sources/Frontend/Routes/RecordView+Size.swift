import ChromaModel

extension [RecordView] {
    /// About how many bytes of JSON the records take.
    var bytesExpected: Int { reduce(256) { $0 + $1.bytesExpected } }
}

extension RecordView {
    /// Bytes of a float in JSON, of a metadata map, and of what surrounds a record.
    private static let (floatBytes, metadataBytes, frameBytes) = (12, 128, 32)

    fileprivate var bytesExpected: Int {
        var bytes = Self.frameBytes + idText.byteCount
        bytes += (documentText?.byteCount ?? 0) + (uriText?.byteCount ?? 0)
        bytes += (embedding?.dimension ?? 0) * Self.floatBytes
        return metadataView == nil ? bytes : bytes + Self.metadataBytes
    }
}
