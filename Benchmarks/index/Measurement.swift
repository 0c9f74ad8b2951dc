import ChromaModel
import Foundation
import VectorIndex

/// Times one way of searching, and how much it finds.
struct Measurement {
    let queries: [PreparedQuery]
    /// The distance of the last of the true nearest, for each query: as near as that counts, so
    /// that of equal rows any will do.
    let lastDistances: [Float]
    let wanted: Int

    /// Rounding between kernels.
    private static let tolerance: Float = 1e-6
    private static let rounds = 3

    /// - Parameter truth: the distances of the true nearest of a query, rising.
    init(_ queries: [PreparedQuery], truth: (Int) -> [Float]) {
        self.queries = queries
        let distances = queries.indices.map(truth)
        lastDistances = distances.map { ($0.last ?? 0) + Self.tolerance }
        wanted = distances.reduce(0) { $0 + $1.count }
    }

    /// Prints a line of JSON: recall, and queries a second of one core.
    func run(
        _ name: String, _ fields: [String: Any] = [:],
        _ search: (PreparedQuery) -> [NearestRows.Candidate]
    ) throws {
        var found = 0
        for (query, last) in zip(queries, lastDistances) {
            found += search(query).count { $0.distance <= last }
        }
        var rates: [Double] = []
        for _ in 0..<Self.rounds {
            let start = processorSeconds()
            for query in queries { _ = search(query) }
            rates.append(Double(queries.count) / (processorSeconds() - start))
        }
        var line = fields
        line["step"] = name
        line["recall"] = Double(found) / Double(max(wanted, 1))
        line["queries_per_cpu_second"] = rates.sorted()[Self.rounds / 2]
        try report(line)
    }
}

func report(_ line: [String: Any]) throws {
    let bytes = try JSONSerialization.data(withJSONObject: line, options: .sortedKeys)
    print(String(decoding: bytes, as: UTF8.self))
}
