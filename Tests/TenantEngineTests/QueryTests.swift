import ChromaModel
import TestSupport
import Testing

@testable import TenantEngine

/// Protocol §3.3 and §3.4, in memory and from a segment.
@Suite("Queries")
struct QueryTests {
    private struct Answer: Equatable, CustomStringConvertible {
        let ids: [String]
        let distances: [Float]
        var description: String { "\(ids) at \(distances)" }
    }

    private static func query(
        _ world: EngineWorld, _ id: CollectionID, _ rows: [[Float]], count: Int = 10,
        selection: RecordSelection = RecordSelection()
    ) async throws -> [Answer] {
        let request = QueryRequest(
            embeddings: .rows(rows), selection: selection, resultCount: count)
        return try await world.host.query(request, in: id, in: world.scope).map { records in
            Answer(ids: records.map(\.id.value), distances: records.map { $0.distance ?? .nan })
        }
    }

    private static func world(_ space: DistanceSpace, _ rows: [[Float]]) async throws
        -> (EngineWorld, CollectionID)
    {
        let world = try await EngineWorld()
        let id = try await world.createCollection("vectors", space: space).id
        try await world.write(.add, .of(rows.indices.map { "\($0)" }, rows), to: id)
        return (world, id)
    }

    @Test(
        "distances are those of protocol §3.4",
        arguments: [
            (
                DistanceSpace.l2, [[1, 0], [0, 3], [0, 0]], [1, 0], ["0", "2", "1"], [0, 1, 10]
            ),
            (
                .ip, [[1, 0], [2, 0], [0, 5], [-1, 0]], [1, 0], ["1", "0", "2", "3"], [-1, 0, 1, 2]
            ),
            (
                .cosine, [[2, 0], [0, 2], [0, 0], [-3, 0]], [5, 0], ["0", "1", "2", "3"],
                [0, 1, 1, 2]
            ),
            (.cosine, [[2, 0], [0, 0]], [0, 0], ["0", "1"], [1, 1]),
        ] as [(DistanceSpace, [[Float]], [Float], [String], [Float])])
    func distances(
        space: DistanceSpace, rows: [[Float]], target: [Float], ids: [String], expected: [Float]
    ) async throws {
        let (world, id) = try await Self.world(space, rows)
        for _ in 0..<2 {
            let answer = try await Self.query(world, id, [target])
            #expect(answer == [Answer(ids: ids, distances: expected)])
            try await world.seal()
        }
        await world.host.close()
    }

    @Test("arithmetic that overflows gives no NaN, no trap, and every record")
    func overflow() async throws {
        let extremes: [[Float]] = [
            [.greatestFiniteMagnitude, .greatestFiniteMagnitude], [-3e38, 3e38], [1, 1], [0, 0],
            [1e-45, 1e-45], [1e-30, -1e-30],
        ]
        for space in DistanceSpace.allCases {
            let (world, id) = try await Self.world(space, extremes)
            for target in extremes {
                let answer = try await Self.query(world, id, [target])
                #expect(answer[0].ids.count == extremes.count)
                #expect(!answer[0].distances.contains { $0.isNaN }, "\(space) \(target)")
                #expect(answer[0].distances == answer[0].distances.sorted())
            }
            await world.host.close()
        }
    }

    @Test("ties go by insertion order, across segments, memory and updates")
    func ties() async throws {
        let (world, id) = try await Self.world(.l2, [[1], [2], [1], [2]])
        try await world.seal()
        try await world.write(.add, .of(["4", "5"], [[1], [2]]), to: id)
        try await world.write(.upsert, .of(["1"], [[1]]), to: id)
        let expected = Answer(ids: ["0", "1", "2", "4", "3", "5"], distances: [0, 0, 0, 0, 1, 1])
        for _ in 0..<2 {
            #expect(try await Self.query(world, id, [[1]]) == [expected])
            try await world.seal()
        }
        let two = try await Self.query(world, id, [[1]], count: 2)
        #expect(two.map(\.ids) == [["0", "1"]])
        await world.host.close()
    }

    @Test("each query embedding has its own list, shorter when fewer match")
    func several() async throws {
        let (world, id) = try await Self.world(.l2, [[0], [10], [20]])
        let answers = try await Self.query(world, id, [[19], [1]], count: 2)
        #expect(answers.map(\.ids) == [["2", "1"], ["0", "1"]])
        #expect(try await Self.query(world, id, [[1]], count: 99).map(\.ids.count) == [3])
        #expect(try await Self.query(world, id, [[1]], count: 0).map(\.ids) == [[]])
        #expect(try await Self.query(world, id, []) == [])
        await world.host.close()
    }

    @Test("filters come first: one match is found however far away it is")
    func preFiltered() async throws {
        let (world, id) = try await Self.world(.l2, (0..<600).map { [Float($0)] })
        let far = RecordSelection(filter: .id(.isIn([RecordID("599"), RecordID("7")])))
        let answer = try await Self.query(world, id, [[0]], count: 1, selection: far)
        #expect(answer.map(\.ids) == [["7"]])
        let ids = RecordSelection(ids: [RecordID("599"), RecordID("?")], filter: .all([]))
        #expect(try await Self.query(world, id, [[0]], selection: ids).map(\.ids) == [["599"]])
        let none = RecordSelection(ids: [])
        #expect(
            try await Self.query(world, id, [[0], [1]], selection: none).map(\.ids) == [[], []])
        await world.host.close()
    }

    @Test("an id without a record is ignored or refused, as configured")
    func unknownID() async throws {
        let strict = try await EngineWorld { $0.refusesUnknownQueryIDs = true }
        let id = try await strict.createCollection("strict").id
        try await strict.write(.add, .of(["a"]), to: id)
        let selection = RecordSelection(ids: [RecordID("a"), RecordID("b")])
        await #expect(throws: ServiceError.self) {
            try await Self.query(strict, id, [[1]], selection: selection)
        }
        #expect(try await strict.ids(id, ids: ["a", "b"]) == ["a"])
        await strict.host.close()
    }

    @Test("a collection without a dimension has empty lists; a wrong dimension is refused")
    func dimension() async throws {
        let world = try await EngineWorld()
        let id = try await world.createCollection("q").id
        #expect(try await Self.query(world, id, [[1], [2]]).map(\.ids) == [[], []])
        try await world.write(.add, .of(["a"], [[1, 2, 3]]), to: id)
        let error = await #expect(throws: ServiceError.self) {
            try await Self.query(world, id, [[1, 2]])
        }
        #expect(error?.message == "Collection expecting embedding with dimension of 3, got 2")
        await world.host.close()
    }
}
