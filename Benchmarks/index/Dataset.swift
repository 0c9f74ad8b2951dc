import ChromaModel
import Foundation
import VectorIndex

/// A directory that index.py made: `shape` ("rows dimension queries space"), `rows.f32`,
/// `queries.f32` and `truth.i32`, the ten nearest rows of each query.
struct Dataset {
    static let nearest = 10

    let rows: VectorRows
    let queries: [PreparedQuery]
    private let truth: MappedFile
    private let values: UnsafePointer<Float>
    private let inverseNorms: UnsafePointer<Float>

    init(_ directory: String) throws {
        let shape = try String(contentsOfFile: directory + "/shape", encoding: .utf8)
            .split(whereSeparator: \.isWhitespace)
        guard shape.count == 4, let count = Int(shape[0]), let dimension = Int(shape[1]),
            let queryCount = Int(shape[2]), let space = DistanceSpace(rawValue: String(shape[3]))
        else { throw BenchmarkError("\(directory)/shape is not what index.py writes") }
        let file = try MappedFile(directory + "/rows.f32")
        let asked = try MappedFile(directory + "/queries.f32").values(Float.self)
        truth = try MappedFile(directory + "/truth.i32")
        guard let start = file.values(Float.self).baseAddress else {
            throw BenchmarkError("no rows")
        }
        // Never freed: it is needed to the end.
        let norms = UnsafeMutablePointer<Float>.allocate(capacity: count)
        for row in 0..<count {
            norms[row] = DistanceKernel.inverseNorm(
                UnsafeBufferPointer(start: start + row * dimension, count: dimension))
        }
        values = start
        inverseNorms = UnsafePointer(norms)
        rows = VectorRows(
            space: space, dimension: dimension, count: count, values: start, inverseNorms: norms,
            owner: file)
        let matrix = EmbeddingMatrix.rows(
            (0..<queryCount).map { Array(asked[($0 * dimension)..<(($0 + 1) * dimension)]) })
        queries = (0..<queryCount).compactMap { PreparedQuery(matrix, row: $0) }
    }

    /// The ten nearest of query number `query`, with their distances.
    func nearest(_ query: Int) -> [Float] {
        let places = truth.values(Int32.self)[(query * Self.nearest)...].prefix(Self.nearest)
        var distances = [Float](repeating: 0, count: places.count)
        DistanceKernel(rows.space).score(
            queries[query], rows: values, places: places.map(UInt32.init), count: places.count,
            inverseNorms: inverseNorms, into: &distances)
        return distances.sorted()
    }

    /// Shares of the rows at random, and the same shares on one side of the data.
    var filters: [(String, RowBitmap)] {
        let shares = [0.5, 0.1, 0.01, 0.001]
        var random = SystemRandomNumberGenerator()
        var sides = [Float](repeating: 0, count: rows.count)
        DistanceKernel(.ip).score(
            queries[0], rows: values, count: rows.count, inverseNorms: inverseNorms, into: &sides)
        let sorted = sides.sorted(by: >)
        return shares.flatMap { share -> [(String, RowBitmap)] in
            var (picked, side) = (RowBitmap(rowCount: rows.count), RowBitmap(rowCount: rows.count))
            let bound = sorted[Int(share * Double(rows.count))]
            for row in 0..<rows.count {
                if Double.random(in: 0..<1, using: &random) < share { picked.insert(row) }
                if sides[row] > bound { side.insert(row) }
            }
            return [("random \(share)", picked), ("one side \(share)", side)]
        }
    }
}
