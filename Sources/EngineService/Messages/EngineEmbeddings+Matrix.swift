import ChromaModel
import FoundationEssentials
import TesseraRPC

// The machines that Swift's server side runs on are little-endian, as the message is: rows are
// copied as they are.

extension EngineEmbeddings {
    init(_ matrix: EmbeddingMatrix) {
        self.init()
        dimension = UInt32(matrix.dimension)
        rowCount = UInt32(matrix.rowCount)
        values = Data(buffer: matrix.values)
        if let places = matrix.places { present = Presence.bytes(of: places) }
    }

    /// The embeddings of an answer, which come from one collection.
    ///
    /// Throws `internalError` when they are of more than one dimension.
    init(_ column: [EmbeddingView?]) throws(ServiceError) {
        self.init()
        let rows = column.compactMap { $0 }
        let width = rows.first?.dimension ?? 0
        guard rows.allSatisfy({ $0.dimension == width }) else {
            throw ServiceError(
                .internalError, "The collection has embeddings of several dimensions.")
        }
        dimension = UInt32(width)
        rowCount = UInt32(column.count)
        var packed = Data(capacity: rows.count * width * MemoryLayout<Float>.size)
        for row in rows { row.withValues { packed.append($0) } }
        values = packed
        present = Presence.bytes(of: column)
    }

    /// Throws `internalError` unless the values are whole rows, `count` with the absent ones.
    func matrix(rows count: Int) throws(ServiceError) -> EmbeddingMatrix {
        let presentRows = present.isEmpty ? count : present.count { $0 != 0 }
        let (bytes, overflow) = presentRows.multipliedReportingOverflow(by: rowBytes)
        guard count == Int(rowCount), present.isEmpty || present.count == count, !overflow,
            values.count == bytes, rowBytes > 0 || presentRows == 0
        else { throw .unreadable("embeddings") }
        return values.withUnsafeBytes { matrix(count, $0) }
    }

    /// The rows of an answer. Throws as `matrix` does.
    func views(count: Int) throws(ServiceError) -> [EmbeddingView?] {
        let matrix = try matrix(rows: count)
        return (0..<count).map { index in
            matrix.withRow(index) { row in
                row?.baseAddress.map {
                    EmbeddingView(owner: matrix, start: $0, dimension: matrix.dimension)
                }
            }
        }
    }

    private var rowBytes: Int { Int(dimension) * MemoryLayout<Float>.size }

    /// Of rows that were checked.
    private func matrix(_ count: Int, _ bytes: UnsafeRawBufferPointer) -> EmbeddingMatrix {
        var builder = EmbeddingMatrix.Builder(capacity: bytes.count / MemoryLayout<Float>.size)
        let isPresent = Array(present)
        var start = 0
        for row in 0..<count {
            guard isPresent.isEmpty || isPresent[row] != 0 else {
                builder.appendAbsentRow()
                continue
            }
            builder.append(
                littleEndian: UnsafeRawBufferPointer(rebasing: bytes[start..<start + rowBytes]))
            builder.endRow()
            start += rowBytes
        }
        return builder.finish()
    }
}
