import Access
import ChromaModel
import TenantStorage
import TestSupport
import Testing

@testable import TenantEngine

@Suite("Which segments a seal merges")
struct SegmentMergeTests {
    /// A collection whose segments have the first rows given, and whose tail the last.
    private struct Case: CustomTestStringConvertible, Sendable {
        let rows: [Int]
        /// Parts that are sealed into one while others write.
        let busy: Range<Int>
        /// The same when nobody does.
        let quiet: Range<Int>

        var testDescription: String { "\(rows)" }
    }

    @Test(
        "those that are small beside the rest; more when nobody writes",
        arguments: [
            Case(rows: [700, 300], busy: 1..<2, quiet: 0..<2),
            Case(rows: [600, 300], busy: 0..<2, quiet: 0..<2),
            Case(rows: [3700, 300], busy: 1..<2, quiet: 1..<2),
            Case(rows: [4000, 600, 10], busy: 2..<3, quiet: 0..<3),
            Case(rows: [12500, 700, 300, 10], busy: 3..<4, quiet: 1..<4),
            Case(rows: [900, 400, 0], busy: 2..<2, quiet: 0..<2),
            Case(rows: [900, 0], busy: 1..<1, quiet: 1..<1),
        ])
    private func parts(_ example: Case) async throws {
        let world = try await EngineWorld()
        let id = try await world.createCollection("c").id
        for (part, count) in example.rows.enumerated() where count > 0 {
            if part > 0 { try await world.seal() }
            let ids = (0..<count).map { "\(part).\($0)" }
            try await world.write(.add, .of(ids), to: id)
        }
        if example.rows.last == 0 { try await world.seal() }
        let engine = try await world.host.engine(for: world.scope.tenant)
        let collection = try engine.collection(id, in: world.scope.database)
        let records = try await engine.records(of: collection, needing: [])
        let captured = CapturedCollection(collection, records)
        #expect(captured.partsToSeal(isQuiet: false) == example.busy)
        #expect(captured.partsToSeal(isQuiet: true) == example.quiet)
        await world.host.close()
    }

    @Test("a seal that comes because nobody writes merges more")
    func afterQuiet() async throws {
        let world = try await EngineWorld { $0.sealQuietNanoseconds = 20_000_000 }
        let id = try await world.createCollection("c").id
        for (part, count) in [700, 300].enumerated() {
            try await world.write(.add, .of((0..<count).map { "\(part).\($0)" }), to: id)
            try await settle(world, id)
        }
        let engine = try await world.host.engine(for: world.scope.tenant)
        let collection = try engine.collection(id, in: world.scope.database)
        let records = try await engine.records(of: collection, needing: [])
        #expect(records.snapshot().segments.count == 1)
        await world.host.close()
    }

    /// Waits until all is in segments.
    private func settle(_ world: EngineWorld, _ id: CollectionID) async throws {
        let engine = try await world.host.engine(for: world.scope.tenant)
        while try await !world.isSealed(id) || engine.isSealing {
            try await Task.sleep(nanoseconds: 1_000_000)
        }
    }
}

extension EngineWorld {
    /// Whether all of a collection's rows are in segments.
    fileprivate func isSealed(_ id: CollectionID) async throws -> Bool {
        let state = try await host.collection(id: id, in: scope)
        return state.indexed.operations == state.written.operations
    }
}
