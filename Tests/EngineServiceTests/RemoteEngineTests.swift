import Access
import ChromaModel
import TenantEngine
import TestSupport
import Testing

@testable import EngineService

/// What an engine answers in this process, it answers through the wire: the same calls are made
/// of two equal engines, one of them behind the service.
@Suite("A remote engine", .serialized)
struct RemoteEngineTests {
    /// What came of a call, exactly; of an error its code and words.
    private static func outcome(_ body: () async throws -> Any) async -> String {
        do {
            return exactText(try await body())
        } catch let error as ServiceError {
            return exactText("\(error.code): \(error.message)")
        } catch {
            return "\(error)"
        }
    }

    @Test("answers and refuses exactly as one in this process")
    func sameAnswers() async throws {
        let seed = UInt64.random(in: .min ... .max)
        print("RemoteEngineTests: seed \(seed)")
        let near = ReferenceEngine(seed: 7)
        let scope = try await TestScopes().database("wire")
        let narrow = try await TestScopes().database(
            "wire", collections: CollectionPattern("shown-*"))
        try await EngineWire().with(ReferenceEngine(seed: 7)) { remote in
            let walk = EngineWalk(random: SeededRandom(seed: seed), scopes: [scope, narrow])
            for step in 0..<400 {
                let call = walk.nextCall()
                let mine = await Self.outcome { try await call.make(near) }
                let its = await Self.outcome { try await call.make(remote) }
                #expect(
                    mine.isByteEqual(to: its), "seed \(seed), step \(step), \(call.name)")
                guard mine.isByteEqual(to: its) else { return }
                if let made = call.made { await walk.learn(made, from: near) }
            }
            print("RemoteEngineTests: \(walk.summary)")
        }
    }

    @Test("takes writes and gives answers of more than forty megabytes")
    func largeMessages() async throws {
        let scope = try await TestScopes().database("large")
        try await EngineWire().with(ReferenceEngine()) { remote in
            let draft = MessageGenerator(random: SeededRandom(seed: 1)).draft()
            let id = try await remote.createCollection(draft, getOrCreate: false, in: scope).id
            let rows = (0..<7_000).map { [Float](repeating: Float($0), count: 1536) }
            let batch = RecordBatch(
                ids: rows.indices.map { RecordID("\($0)") }, embeddings: .rows(rows))
            try await remote.write(batch, as: .add, to: id, in: scope)
            let records = try await remote.get(
                GetRequest(include: [.embeddings]), from: id, in: scope)
            #expect(records.count == rows.count)
            for (record, row) in zip(records, rows) where record.id.value.hasSuffix("99") {
                #expect(record.embedding?.withValues { Array($0) } == row)
            }
        }
    }

    @Test("takes no calls from another engine", arguments: [NodeRole.engine])
    func wrongRole(role: NodeRole) async throws {
        let scope = try await TestScopes().database("roles")
        try await EngineWire().with(ReferenceEngine(), as: role) { remote in
            let error = await #expect(throws: ServiceError.self) {
                _ = try await remote.countCollections(in: scope)
            }
            #expect(error?.code == .internalError)
        }
    }

    @Test("takes no calls under a certificate of another installation")
    func foreignCertificate() async throws {
        let scope = try await TestScopes().database("foreign")
        let stranger = try EngineWire()
        try await EngineWire().serving(ReferenceEngine()) { port in
            try await stranger.calling(port: port) { remote in
                let error = await #expect(throws: ServiceError.self) {
                    _ = try await remote.countCollections(in: scope)
                }
                #expect(error?.code == .unavailable)
            }
        }
    }

    @Test(
        "forgets everything for a control plane, only in conformance mode",
        arguments: [false, true])
    func reset(isAllowed: Bool) async throws {
        let scope = try await TestScopes().database("reset")
        let engine = ReferenceEngine()
        let draft = MessageGenerator(random: SeededRandom(seed: 1)).draft()
        _ = try await engine.createCollection(draft, getOrCreate: false, in: scope)
        try await EngineWire().with(
            engine, as: .control, allowsRemovingEverything: isAllowed
        ) { remote in
            do {
                try await remote.removeEverything()
                #expect(isAllowed)
            } catch let error as ServiceError {
                #expect(!isAllowed && error.code == .permissionDenied)
            }
        }
        let count = await engine.countCollections(in: scope)
        #expect(count == (isAllowed ? 0 : 1))
    }
}
