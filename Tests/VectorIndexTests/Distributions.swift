import Foundation
import TestSupport

/// Rows drawn from distributions that indexes find easy and hard.
enum Distributions {
    static func gaussian(_ random: SeededRandom) -> Float {
        let (u, v) = (Float(random.below(1 << 24) + 1), Float(random.below(1 << 24)))
        return (-2 * logf(u / 0x1p24)).squareRoot() * cosf(2 * .pi * v / 0x1p24)
    }

    /// Clusters of unequal size, each flat in its own directions; rows, then queries.
    static func clustered(
        _ rows: Int, _ queries: Int, dimension: Int, seed: UInt64, clusters: Int = 40
    ) -> ([[Float]], [[Float]]) {
        let random = SeededRandom(seed: seed)
        let centres = (0..<clusters).map { _ in
            (0..<dimension).map { _ in gaussian(random) + 0.3 }
        }
        let drawn = (0..<(rows + queries)).map { _ in
            let cluster = random.below(1 + random.below(clusters))
            return (0..<dimension).map { index in
                let flatness = 1 / Float((index + cluster) % dimension + 1).squareRoot()
                return centres[cluster][index] + 1.5 * flatness * gaussian(random)
            }
        }
        return (Array(drawn.prefix(rows)), Array(drawn.suffix(queries)))
    }

    static func uniform(_ rows: Int, dimension: Int, seed: UInt64) -> [[Float]] {
        let random = SeededRandom(seed: seed)
        return (0..<rows).map { _ in (0..<dimension).map { _ in random.unitFloat() } }
    }

    /// Real text: this repository's own sources and pages, cut into pieces of some lines, as
    /// projections of the counts of their words; rows, then queries.
    static func text(_ rows: Int, _ queries: Int, dimension: Int) throws -> ([[Float]], [[Float]]) {
        let root = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        var pieces: [[Float]] = []
        for folder in ["Sources", "Tests", "scripts"] {
            let names = FileManager.default
                .enumerator(at: root.appending(path: folder), includingPropertiesForKeys: nil)?
                .compactMap { $0 as? URL }
                .filter { ["swift", "py", "c", "h"].contains($0.pathExtension) }
                .sorted { $0.path < $1.path }
            for name in names ?? [] where pieces.count < rows + queries {
                let lines = try String(contentsOf: name, encoding: .utf8).split(separator: "\n")
                for start in stride(from: 0, to: lines.count, by: 4) {
                    pieces.append(embed(lines[start...].prefix(6), dimension))
                }
            }
        }
        // Queries are spread over the text, not its end.
        let step = max(2, pieces.count / queries)
        let asked = stride(from: 0, to: pieces.count, by: step).prefix(queries)
        let rest = pieces.indices.filter { $0 % step != 0 }.prefix(rows)
        return (rest.map { pieces[$0] }, asked.map { pieces[$0] })
    }

    /// The sum of a random direction for each word, weighted towards rare ones by their length.
    private static func embed(_ lines: ArraySlice<Substring>, _ dimension: Int) -> [Float] {
        var sum = [Float](repeating: 0, count: dimension)
        for line in lines {
            for word in line.split(whereSeparator: { !$0.isLetter }) where word.utf8.count > 2 {
                var hash: UInt64 = 0xCBF2_9CE4_8422_2325
                for byte in word.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
                let random = SeededRandom(seed: hash)
                let weight = Float(min(word.utf8.count, 12))
                for index in 0..<dimension { sum[index] += weight * random.unitFloat() }
            }
        }
        return sum
    }
}
