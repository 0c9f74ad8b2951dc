import Access
import ChromaModel
import TenantEngine
import TestSupport

/// Random calls of every method of an engine, on collections that exist and on some that don't.
final class EngineWalk: @unchecked Sendable {
    // One test uses it, call after call.
    struct Call {
        let name: String
        /// A collection that there may be afterwards.
        var made: CollectionName?
        let make: (any EngineClient) async throws -> Any
    }

    private let random: SeededRandom
    private let generator: MessageGenerator
    private let scopes: [DatabaseScope]
    private var known: [CollectionID] = []
    private var callCounts: [String: Int] = [:]

    init(random: SeededRandom, scopes: [DatabaseScope]) {
        self.random = random
        generator = MessageGenerator(random: random)
        self.scopes = scopes
    }

    var summary: String { "\(callCounts)" }

    func learn(_ name: CollectionName, from engine: ReferenceEngine) async {
        guard let state = try? await engine.collection(named: name, in: scopes[0]) else { return }
        known.append(state.id)
    }

    private func collection() -> CollectionID {
        known.isEmpty || random.below(20) == 0
            ? generator.id() : known[random.below(known.count)]
    }

    private func name() -> CollectionName {
        CollectionName("\(generator.coin() ? "shown" : "hidden")-\(random.below(6))")
    }

    private func ids() -> [RecordID] { (0..<4).map { _ in RecordID("é\(random.below(40))") } }

    private func batch(absent: Bool) -> RecordBatch {
        var batch = generator.batch()
        while batch.ids.isEmpty { batch = generator.batch() }
        batch.ids = batch.ids.indices.map { RecordID("é\(random.below(10) + 10 * $0)") }
        batch.embeddings = .rows(
            batch.ids.map { _ in
                absent && generator.coin() ? nil : (0..<3).map { _ in Float(random.below(9)) }
            })
        return batch
    }

    func nextCall() -> Call {
        let call = makeCall()
        callCounts[call.name, default: 0] += 1
        return call
    }

    private func makeCall() -> Call {
        let scope = scopes[random.below(4) == 0 ? 1 : 0]
        let id = collection()
        switch random.below(17) {
        case 0, 1:
            var draft = generator.draft()
            draft.name = name()
            let getOrCreate = generator.coin()
            return Call(name: "create", made: draft.name) { [draft] in
                try await $0.createCollection(draft, getOrCreate: getOrCreate, in: scope)
            }
        case 2:
            let (offset, limit) = (random.below(3), generator.maybe { random.below(5) })
            return Call(name: "list") {
                try await $0.listCollections(in: scope, offset: offset, limit: limit)
            }
        case 3:
            return Call(name: "counts") {
                [
                    try await $0.countCollections(in: scope),
                    try await $0.countAllCollections(in: scope.tenantScope),
                ]
            }
        case 4:
            let name = name()
            return Call(name: "named") { try await $0.collection(named: name, in: scope) }
        case 5: return Call(name: "by id") { try await $0.collection(id: id, in: scope) }
        case 6:
            var change = generator.change()
            if change.name != nil { change.name = name() }
            return Call(name: "modify") { [change] in
                try await $0.modifyCollection(id, change, in: scope)
            }
        case 7 where random.below(4) == 0:
            let name = name()
            return Call(name: "delete collection") {
                try await $0.deleteCollection(named: name, in: scope)
            }
        case 8:
            let name = name()
            return Call(name: "fork", made: name) {
                try await $0.forkCollection(id, as: name, in: scope)
            }
        case 9 where random.below(2) == 0:
            return Call(name: "extent") { try await $0.extent(of: id, in: scope) }
        case 9: return Call(name: "fork count") { try await $0.forkCount(id, in: scope) }
        case 10, 11:
            let operation = generator.one(of: [WriteOperation.add, .update, .upsert])
            let batch = batch(absent: operation == .update)
            return Call(name: "write") {
                try await $0.write(batch, as: operation, to: id, in: scope)
            }
        case 12:
            let (selection, limit) = (RecordSelection(ids: ids()), generator.maybe { 2 })
            return Call(name: "delete") {
                try await $0.delete(selection, limit: limit, from: id, in: scope)
            }
        case 13:
            let request = GetRequest(
                selection: RecordSelection(ids: generator.maybe(ids)), offset: random.below(3),
                limit: generator.maybe { random.below(9) },
                include: Include(rawValue: UInt8(random.below(16))))
            return Call(name: "get") { try await $0.get(request, from: id, in: scope) }
        case 14:
            let transaction = RecordTransaction(
                readToken: generator.maybe { UInt64(random.below(50)) }, readIDs: ids(),
                changes: [.delete(ids()), .write(.upsert, batch(absent: false))])
            return Call(name: "commit") {
                try await $0.commit(transaction, to: id, in: scope) as Any
            }
        case 15:
            let query = QueryRequest(
                embeddings: .rows([[1, 2, 3], [0, 0, 0]]), resultCount: 1 + random.below(5),
                include: [.documents, .embeddings, .distances])
            return Call(name: "query") { try await $0.query(query, in: id, in: scope) }
        default:
            let token = generator.maybe { UInt64(random.below(50)) }
            let level = generator.one(of: ReadLevel.allCases)
            return Call(name: "read in transaction, count") {
                let read = try? await $0.get(
                    GetRequest(include: [.documents]), asOf: token, from: id, in: scope)
                return [
                    read.map { exactText(($0.records, $0.token)) } ?? "none",
                    "\(try await $0.count(id, at: level, in: scope))",
                ]
            }
        }
    }
}
