import ChromaModel

extension EmbeddingColumn {
    /// Embeddings that came packed: rows of `dimension` little-endian binary32 values, one after
    /// the other.
    ///
    /// - Parameter present: one entry for each record, false where `bytes` has no row for it;
    ///   empty when every record has one.
    /// - Throws: `invalidArgument` when the bytes aren't that many rows.
    package init(
        packed bytes: UnsafeRawBufferPointer, dimension: Int, present: [Bool]
    ) throws(ServiceError) {
        let rowBytes = dimension * MemoryLayout<Float>.size
        guard rowBytes > 0 ? bytes.count.isMultiple(of: rowBytes) : bytes.isEmpty else {
            throw .invalid(
                "embeddings: \(bytes.count) bytes are not whole rows of \(dimension) f32 values")
        }
        let stored = rowBytes > 0 ? bytes.count / rowBytes : 0
        guard present.isEmpty || present.count(where: { $0 }) == stored else {
            throw .invalid(
                "embeddings: present must be true once for each of the \(stored) rows of values")
        }
        self.init()
        let rows = present.isEmpty ? Array(repeating: true, count: stored) : present
        read(bytes, rowBytes: rowBytes, rows: rows)
    }

    private mutating func read(
        _ bytes: UnsafeRawBufferPointer, rowBytes: Int, rows: [Bool]
    ) {
        var builder = EmbeddingMatrix.Builder(capacity: bytes.count / MemoryLayout<Float>.size)
        var start = 0
        for isPresent in rows {
            guard isPresent else {
                builder.appendAbsentRow()
                continue
            }
            let row = bytes[start..<(start + rowBytes)]
            builder.append(littleEndian: UnsafeRawBufferPointer(rebasing: row))
            builder.endRow()
            start += rowBytes
        }
        rowCount = builder.rowCount
        let matrix = builder.finish()
        hasNonFinite = !matrix.values.allSatisfy(\.isFinite)
        self.matrix = matrix
    }
}
