import ChromaModel
import Foundation
import VectorIndex

/// Builds and searches an index alone, without a server: see Benchmarks/index.py.
///
///     IndexBenchmark build DIR [threads]
///     IndexBenchmark search DIR
///     IndexBenchmark filter DIR
@main
enum IndexBenchmark {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 3 else {
            throw BenchmarkError("usage: IndexBenchmark build|search|filter DIR [threads]")
        }
        let dataset = try Dataset(arguments[2])
        switch arguments[1] {
        case "build":
            let threads = arguments.count > 3 ? Int(arguments[3]) ?? 1 : 1
            try build(dataset, in: arguments[2], threads: threads)
        case "search": try search(dataset, open(dataset, in: arguments[2]))
        case "filter": try filter(dataset, open(dataset, in: arguments[2]))
        default: throw BenchmarkError("\(arguments[1]) is not a step")
        }
    }

    private static func build(_ dataset: Dataset, in directory: String, threads: Int) throws {
        var options = IndexBuilder.Options()
        options.threads = threads
        let (cpu, wall) = (processorSeconds(), wallSeconds())
        guard let built = try IndexBuilder(dataset.rows, options: options).build() else {
            throw BenchmarkError("so few rows get no index")
        }
        let (cpuTaken, wallTaken) = (processorSeconds() - cpu, wallSeconds() - wall)
        try Data(built.codes).write(to: URL(filePath: directory + "/index.codes"))
        try Data(built.graph ?? []).write(to: URL(filePath: directory + "/index.graph"))
        let bytes = built.codes.count + (built.graph?.count ?? 0)
        try report([
            "step": "build", "cpu_seconds": cpuTaken, "wall_seconds": wallTaken,
            "vectors_per_cpu_second": Double(dataset.rows.count) / cpuTaken,
            "bytes_per_vector": Double(bytes) / Double(dataset.rows.count),
            "own_recall": built.measuredRecall ?? 1,
        ])
    }

    private static func open(_ dataset: Dataset, in directory: String) throws -> EmbeddingIndex {
        let codes = try MappedFile(directory + "/index.codes")
        let graph = try? MappedFile(directory + "/index.graph")
        let sections = IndexSections(
            codes: codes.bytes, graph: graph?.bytes, owner: [codes, graph] as AnyObject)
        let start = wallSeconds()
        let index = try EmbeddingIndex(sections, of: dataset.rows)
        try report(["step": "open", "wall_seconds": wallSeconds() - start])
        return index
    }

    private static func search(_ dataset: Dataset, _ index: EmbeddingIndex) throws {
        let wanted = Dataset.nearest
        let measurement = Measurement(dataset.queries) { dataset.nearest($0) }
        try measurement.run("default", ["breadth": index.breadth ?? 0]) {
            index.search($0, count: wanted).rows
        }
        guard index.breadth != nil else { return }
        for breadth in [16, 20, 24, 28, 32, 40, 48, 64, 80, 96, 128, 192] {
            let plan = SearchPlan.graph(breadth: breadth, reranked: 2 * wanted)
            try measurement.run("graph", ["breadth": breadth]) {
                index.search($0, count: wanted, among: nil, by: plan).rows
            }
        }
    }

    /// Every strategy on every share of rows, so that the planner's bounds can be checked.
    private static func filter(_ dataset: Dataset, _ index: EmbeddingIndex) throws {
        for (name, allowed) in dataset.filters {
            let wanted = Dataset.nearest
            let queries = Array(dataset.queries.prefix(200))
            let measurement = Measurement(queries) {
                index.search(queries[$0], count: wanted, among: allowed, by: .raw).rows
                    .map(\.distance)
            }
            let breadth = (index.breadth ?? 32) * 3 / 2
            let plans: [(String, SearchPlan?)] = [
                ("planned", nil), ("raw", .raw), ("codes", .codes(reranked: 2 * wanted)),
                ("collect", .collect(breadth: breadth, reranked: 2 * wanted)),
                ("walk", .filteredGraph(breadth: breadth, reranked: 2 * wanted)),
            ]
            for (label, plan) in plans {
                try measurement.run("filter", ["filter": name, "plan": label]) { query in
                    if let plan {
                        return index.search(query, count: wanted, among: allowed, by: plan).rows
                    }
                    return index.search(query, count: wanted, among: allowed).rows
                }
            }
        }
    }
}
