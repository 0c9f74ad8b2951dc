import Access
import ChromaModel
import Foundation
import Platform
import TestSupport
import Testing

@testable import TenantEngine

/// Random walks over the whole of `EngineClient`: two tenants, three databases, names that are
/// made, changed and deleted, every filter, seals, restarts and kills.
@Suite("The engine's every call against the reference model")
struct EngineInventoryTests {
    /// Steps of a walk; more by `MODEL_STEPS`.
    private static let steps =
        ProcessInfo.processInfo.environment["MODEL_STEPS"].flatMap(Int.init) ?? 1_000
    /// Where the walks begin; another one by `MODEL_SEED`.
    private static let seed =
        ProcessInfo.processInfo.environment["MODEL_SEED"].flatMap(UInt64.init) ?? 100

    @Test("answers like the model", arguments: 0..<4)
    func walk(number: UInt64) async throws {
        let seed = Self.seed + number
        let walk = try await InventoryWalk(seed: seed)
        for step in 0..<Self.steps {
            do { try await walk.step() } catch {
                Issue.record("MODEL_SEED=\(seed), step \(step): \(error)")
                break
            }
        }
        await walk.finish()
        print("walk \(seed): \(Self.steps) steps, \(walk.calls)")
    }
}

/// One random walk, done to the engine and to the model.
private final class InventoryWalk {
    private let random: SeededRandom
    private let scopes: [DatabaseScope]
    private let model = ReferenceEngine()
    private let world: EngineWorld
    private var disk = SimulatedFileSystem()
    /// Ids of collections, dead ones included: the engine's and the model's.
    private var ids: [(scope: DatabaseScope, engine: CollectionID, model: CollectionID)] = []
    /// Calls made, by kind.
    private(set) var calls: [String: Int] = [:]

    init(seed: UInt64) async throws {
        random = SeededRandom(seed: seed)
        let scopes = try TestScopes()
        self.scopes = [
            try await scopes.database("one"), try await scopes.database("two"),
            try await scopes.database("one", tenant: "other"),
        ]
        world = try await EngineWorld(on: disk, scope: self.scopes[0])
        let nobody = CollectionID(UniqueID(high: 1, low: 1))
        ids = self.scopes.map { ($0, nobody, nobody) }
    }

    func finish() async { await world.host.close() }

    func step() async throws {
        let scope = scopes[random.below(scopes.count)]
        switch random.below(20) {
        case 0, 1: try await create(in: scope)
        case 2: try await modify(in: scope)
        case 3: try await drop(in: scope)
        case 4...9: try await write(in: scope)
        case 10: try await delete(in: scope)
        case 11: try await list(in: scope)
        case 12...14: try await get(in: scope)
        case 15, 16: try await query(in: scope)
        case 17:
            count("seal")
            for scope in scopes { try await world.host.engine(for: scope.tenant).seal() }
        case 18: try await end()
        default: try await compareAll()
        }
    }

    // MARK: Steps

    private func create(in scope: DatabaseScope) async throws {
        let draft = CollectionDraft.named(
            name().value, space: [.l2, .ip][random.below(2)], metadata: metadata())
        let getOrCreate = coin()
        var made: (CollectionID, CollectionID)?
        try await same("create") { [self] engine in
            let state = try await engine.createCollection(
                draft, getOrCreate: getOrCreate, in: scope)
            if engine is ReferenceEngine { made?.1 = state.id } else { made = (state.id, state.id) }
            return Self.text(state)
        }
        if let made { ids.append((scope, made.0, made.1)) }
    }

    private func modify(in scope: DatabaseScope) async throws {
        let pair = anyID(in: scope)
        let change = CollectionChange(
            name: coin() ? name() : nil, metadata: coin() ? .some(metadata()) : nil)
        try await same("modify") { [self] engine in
            try await engine.modifyCollection(id(pair, engine), change, in: scope)
            return ""
        }
    }

    private func drop(in scope: DatabaseScope) async throws {
        let name = name()
        let isWhole = random.below(6) == 0
        try await same(isWhole ? "delete all" : "drop") { engine in
            if isWhole {
                try await engine.deleteAllCollections(in: scope)
            } else {
                try await engine.deleteCollection(named: name, in: scope)
            }
            return ""
        }
    }

    private func write(in scope: DatabaseScope) async throws {
        let pair = anyID(in: scope)
        let operation = [WriteOperation.add, .update, .upsert][random.below(3)]
        let batch = batch(operation)
        try await same("\(operation)") { [self] engine in
            try await engine.write(batch, as: operation, to: id(pair, engine), in: scope)
            return ""
        }
    }

    private func delete(in scope: DatabaseScope) async throws {
        let (pair, selection) = (anyID(in: scope), selection())
        let limit = selection.filter != nil && coin() ? random.below(4) : nil
        try await same("delete") { [self] engine in
            let count = try await engine.delete(
                selection, limit: limit, from: id(pair, engine), in: scope)
            return "\(count)"
        }
    }

    private func list(in scope: DatabaseScope) async throws {
        let (name, pair) = (name(), anyID(in: scope))
        let (offset, limit) = (random.below(3), coin() ? random.below(4) : nil)
        try await same("list") { engine in
            let page = try await engine.listCollections(in: scope, offset: offset, limit: limit)
            return page.map(Self.text).joined(separator: "\n")
        }
        try await same("count collections") { engine in
            "\(try await engine.countCollections(in: scope))"
        }
        try await same("by name") { engine in
            Self.text(try await engine.collection(named: name, in: scope))
        }
        try await same("by id") { [self] engine in
            Self.text(try await engine.collection(id: id(pair, engine), in: scope))
        }
    }

    private func get(in scope: DatabaseScope) async throws {
        let pair = anyID(in: scope)
        let request = GetRequest(
            selection: selection(), offset: random.below(4),
            limit: coin() ? random.below(6) : nil,
            include: Include(rawValue: UInt8(random.below(16))))
        try await same("get") { [self] engine in
            let found = try await engine.get(request, from: id(pair, engine), in: scope)
            return "\(found.map { RecordText($0) })"
        }
        try await same("count") { [self] engine in
            "\(try await engine.count(id(pair, engine), in: scope))"
        }
    }

    private func query(in scope: DatabaseScope) async throws {
        let pair = anyID(in: scope)
        let dimension = 1 + random.below(3)
        let request = QueryRequest(
            embeddings: .rows((0..<random.below(3)).map { _ in row(dimension) }),
            selection: selection(), resultCount: random.below(8),
            include: [.distances, .documents])
        try await same("query") { [self] engine in
            let found = try await engine.query(request, in: id(pair, engine), in: scope)
            return "\(found.map { $0.map { RecordText($0) } })"
        }
    }

    /// The process ends: closed, killed, or with the power cut. Everything was acknowledged, so
    /// nothing may be missing.
    private func end() async throws {
        count("restart")
        switch random.below(3) {
        case 0: break
        case 1: disk = disk.kill()
        default: disk = disk.crash(seed: random.next())
        }
        await world.restart(on: disk)
        try await compareAll()
    }

    private func compareAll() async throws {
        for scope in scopes {
            try await same("everything") { engine in
                try await EngineScript.text(of: engine, scope)
            }
        }
    }

    /// Makes one call to both and compares what they say, errors by code and, where they name
    /// no collection's id, by message.
    private func same(_ what: String, _ call: (any EngineClient) async throws -> String)
        async throws
    {
        count(what)
        var answers: [String] = []
        for engine in [world.host, model] as [any EngineClient] {
            do { answers.append(try await call(engine)) } catch let error as ServiceError {
                let message = error.message.contains("-") ? "" : error.message
                answers.append(
                    message.hasPrefix("Regex") ? "bad regex" : "\(error.code) \(message)")
            }
        }
        guard answers[0] == answers[1] else {
            throw ServiceError(
                .internalError, "\(what): the engine says\n\(answers[0])\nthe model\n\(answers[1])")
        }
    }

    private func count(_ what: String) { calls[what, default: 0] += 1 }

    private static func text(_ state: CollectionState) -> String {
        "\(state.name) \(state.settings.space) \(state.dimension ?? 0) \(state.metadata as Any)"
    }

    // MARK: Random values

    private func coin() -> Bool { random.below(2) == 0 }
    private func pick<Value>(_ values: [Value]) -> Value { values[random.below(values.count)] }

    /// Mostly a collection of the scope made lately, sometimes one that is gone or another's.
    private func anyID(in scope: DatabaseScope) -> (engine: CollectionID, model: CollectionID) {
        let known = random.below(10) == 0 ? ids : ids.filter { $0.scope == scope }
        let pair = known[max(0, known.count - 1 - random.below(coin() ? 2 : 6))]
        return (pair.engine, pair.model)
    }

    private func id(
        _ pair: (engine: CollectionID, model: CollectionID), _ engine: any EngineClient
    ) -> CollectionID { engine is ReferenceEngine ? pair.model : pair.engine }

    private func name() -> CollectionName {
        CollectionName(pick(["alpha", "beta", "gamma", "caf\u{e9}", "cafe\u{301}"]))
    }

    private func recordID() -> RecordID {
        RecordID(pick(["\u{e9}", "e\u{301}", "", "a", "b", "c", "d", "\u{0}", "f", "g", "h"]))
    }

    private func row(_ dimension: Int) -> [Float] {
        (0..<dimension).map { _ in Float(random.below(5)) - 2 }
    }

    private func text() -> String { pick(["", "one two", "Two", "thr\u{e9}e", "thre\u{301}e\n4"]) }

    private func value() -> MetadataValue {
        pick([
            .int(Int64(random.below(3))), .float(Double(random.below(5)) / 2), .bool(coin()),
            .string(text()), .ints([1, 2]), .ints([]), .strings(["x", text()]), .floats([1]),
            .bools([coin()]), .int(1 << 53 + 1), .float(0x1p53),
            .sparse(SparseVector(indices: [1, 5], values: [0.5, -1], tokens: nil)),
        ])
    }

    private func metadata() -> Metadata? {
        coin() ? nil : Metadata([MetadataEntry(MetadataKey(pick(["k", "l"])), value())])
    }

    private func patch(mayRemove: Bool) -> MetadataPatch {
        MetadataPatch(
            (0..<random.below(3)).map { _ in
                .init(MetadataKey(pick(["k", "l", ""])), mayRemove && coin() ? nil : value())
            })
    }

    private func batch(_ operation: WriteOperation) -> RecordBatch {
        let count = random.below(5)
        // The dimension is mostly 2, so that most writes are taken.
        let dimension = random.below(8) == 0 ? 1 + random.below(3) : 2
        let mayBeAbsent = operation == .update
        return RecordBatch(
            ids: (0..<count).map { _ in recordID() },
            embeddings: mayBeAbsent && coin()
                ? nil
                : .rows((0..<count).map { _ in mayBeAbsent && coin() ? nil : row(dimension) }),
            documents: coin() ? nil : (0..<count).map { _ in coin() ? nil : text() },
            uris: coin() ? nil : (0..<count).map { _ in coin() ? nil : text() },
            metadatas: coin()
                ? nil
                : (0..<count).map { _ in coin() ? nil : patch(mayRemove: operation != .add) })
    }

    private func selection() -> RecordSelection {
        let ids = random.below(3) == 0 ? (0..<random.below(4)).map { _ in recordID() } : nil
        let hasFilter = ids == nil || coin()
        return RecordSelection(ids: ids, filter: hasFilter && coin() ? filter(depth: 0) : nil)
    }

    private func filter(depth: Int) -> Where {
        switch random.below(depth < 2 ? 6 : 4) {
        case 0, 1: return .metadata(MetadataKey(pick(["k", "l", "none"])), predicate())
        case 2:
            return .document(
                pick([
                    .contains(pick(["o", "", "\u{e9}", "\u{301}"])), .doesNotContain("o"),
                    .matches(regex: pick(["^T", "(?i)two", "e$"])),
                    .doesNotMatch(regex: "o.*o"),
                ]))
        case 3:
            let ids = (0..<random.below(3)).map { _ in recordID() }
            return .id(coin() ? .isIn(ids) : .isNotIn(ids))
        default:
            let parts = (0..<random.below(3)).map { _ in filter(depth: depth + 1) }
            return coin() ? .all(parts) : .any(parts)
        }
    }

    private func predicate() -> MetadataPredicate {
        let number = pick([FilterNumber.int(1), .float(0.5), .int(1 << 53), .float(0x1p53)])
        let scalar = pick([FilterScalar.number(number), .bool(true), .string(text())])
        return pick([
            .equal(scalar), .notEqual(scalar), .greater(number), .greaterOrEqual(number),
            .less(number), .lessOrEqual(number), .isIn([scalar, .string("Two")]),
            .isNotIn([scalar]), .contains(scalar), .doesNotContain(scalar),
        ])
    }
}
