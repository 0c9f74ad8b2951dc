import ChromaModel
import Testing

@testable import ChromaWire

@Suite("Packed embeddings")
struct EmbeddingColumnPackedTests {
    @Test("are rows of little-endian f32, one after the other")
    func rows() throws {
        let column = try Self.column([1, -2.5, 3e-39, 4], dimension: 2)
        #expect(Self.rows(of: column) == [[1, -2.5], [3e-39, 4]])
        #expect(column.rowCount == 2 && !column.hasNonFinite && !column.hasEmptyRow)
    }

    @Test("leave out the rows that aren't present")
    func absentRows() throws {
        let column = try Self.column([1, 2], dimension: 1, present: [true, false, true, false])
        #expect(Self.rows(of: column) == [[1], nil, [2], nil])
    }

    @Test("of no row at all are an empty column, whatever the dimension")
    func none() throws {
        for dimension in [0, 3] {
            #expect(try Self.column([], dimension: dimension).rowCount == 0)
        }
    }

    @Test("are refused when the bytes aren't the rows that were announced")
    func notRows() {
        for dimension in [0, 2, 4] {
            #expect(throws: ServiceError.self) {
                try Self.column([1, 2, 3], dimension: dimension)
            }
        }
        #expect(throws: ServiceError.self) {
            try [UInt8](repeating: 0, count: 6).withUnsafeBytes {
                try EmbeddingColumn(packed: $0, dimension: 1, present: [])
            }
        }
        for present in [[true], [true, true, true], [false, false]] {
            #expect(throws: ServiceError.self) {
                try Self.column([1, 2], dimension: 1, present: present)
            }
        }
    }

    @Test("know whether a value is not finite", arguments: [Float.nan, .infinity, -.infinity])
    func nonFinite(value: Float) throws {
        #expect(try Self.column([1, value], dimension: 2).hasNonFinite)
    }

    private static func column(
        _ values: [Float], dimension: Int, present: [Bool] = []
    ) throws -> EmbeddingColumn {
        try values.map(\.bitPattern.littleEndian).withUnsafeBytes {
            try EmbeddingColumn(packed: $0, dimension: dimension, present: present)
        }
    }

    private static func rows(of column: EmbeddingColumn) -> [[Float]?]? {
        column.matrix.map { matrix in
            (0..<matrix.rowCount).map { matrix.withRow($0) { $0.map(Array.init) } }
        }
    }
}
