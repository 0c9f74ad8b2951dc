import Access
import ChromaModel
import GRPCCore
import GRPCProtobuf
import SwiftProtobuf
import TesseraRPC
import TestSupport
import Testing
import Usage

@testable import EngineService

@Suite("Messages between processes")
struct MessageTests {
    private static let rounds = 300

    private let generator: MessageGenerator
    private let receiver: ScopeReceiver

    init() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("MessageTests: seed \(seed)")
        generator = MessageGenerator(random: SeededRandom(seed: seed))
        receiver = try ScopeReceiver(from: [.frontend])
    }

    /// Sends what `make` makes through bytes, and compares it with what `read` reads.
    private func expectUnchanged<Value, Message: SwiftProtobuf.Message>(
        _ make: () -> Value, _ send: (Value) throws -> Message,
        _ read: (Message) throws -> Value
    ) throws {
        for _ in 0..<Self.rounds {
            let value = make()
            let message = try send(value)
            let bytes: [UInt8] = try ProtobufSerializer<Message>().serialize(message)
            let back = try read(EngineDeserializer<Message>().deserialize(bytes))
            let (sent, received) = (exactText(value), exactText(back))
            #expect(
                sent.isByteEqual(to: received),
                "seed \(generator.random.seed): \(sent) became \(received)")
            guard sent.isByteEqual(to: received) else { return }
        }
    }

    @Test("scopes cross as they are, quotas and patterns with them")
    func scopes() throws {
        try expectUnchanged(
            { generator.databaseScope(receiver) }, { EngineDatabaseScope($0) },
            { try $0.scope(by: receiver) })
        try expectUnchanged(
            { generator.tenantScope(receiver) }, { EngineTenantScope($0) },
            { try $0.scope(by: receiver) })
    }

    @Test("collections cross as they are")
    func collections() throws {
        try expectUnchanged(generator.state, { EngineCollection($0) }, { try $0.state() })
        try expectUnchanged(
            generator.draft, { EngineCreateCollectionRequest($0, getOrCreate: true) },
            { try $0.draft() })
        let id: CollectionID = generator.id()
        try expectUnchanged(
            generator.change, { EngineModifyCollectionRequest(id, $0) }, { try $0.change() })
    }

    @Test("writes and transactions cross as they are")
    func writes() throws {
        try expectUnchanged(generator.batch, { EngineBatch($0) }, { try $0.batch() })
        let id: CollectionID = generator.id()
        try expectUnchanged(
            generator.transaction, { EngineCommitTransactionRequest($0, to: id) },
            { try $0.transaction() })
    }

    @Test("reads cross as they are")
    func reads() throws {
        let id: CollectionID = generator.id()
        try expectUnchanged(
            generator.get, { EngineGetRecordsRequest($0, from: id) }, { try $0.request() })
        try expectUnchanged(
            generator.query, { EngineQueryRecordsRequest($0, in: id) }, { try $0.request() })
        try expectUnchanged(
            generator.selection, { EngineSelection($0) }, { try $0.selection() })
    }

    @Test("an answer crosses in any number of messages")
    func answers() throws {
        for _ in 0..<Self.rounds {
            let lists = generator.lists()
            let token = generator.random.next()
            let extent = ReadExtent(
                compactedBytes: generator.random.next(), pulledLogBytes: generator.random.next())
            var reader = RecordsAnswer.Reader()
            for message in try RecordsAnswer.messages(
                of: lists, token: token, extent: extent)
            {
                let bytes: [UInt8] = try ProtobufSerializer().serialize(message)
                try reader.take(EngineDeserializer().deserialize(bytes))
            }
            let back = try reader.finish()
            #expect(
                exactText(back.lists).isByteEqual(to: exactText(lists)) && back.token == token
                    && back.extent == extent,
                "seed \(generator.random.seed)")
        }
    }

    @Test("a large answer is cut into messages of about a megabyte, in order")
    func largeAnswer() throws {
        let document = String(repeating: "d", count: 400_000)
        let lists = (0..<3).map { list in
            (0..<4).map { RecordView(id: RecordID("\(list)-\($0)"), document: document) }
        }
        let messages = try RecordsAnswer.messages(of: lists, extent: ReadExtent())
        #expect(messages.count == 4)
        var reader = RecordsAnswer.Reader()
        for message in messages { try reader.take(message) }
        let back = try reader.finish().lists
        #expect(back.map { $0.map(\.id) } == lists.map { $0.map(\.id) })
        #expect(back.joined().allSatisfy { $0.document == document })
        var half = RecordsAnswer.Reader()
        try half.take(messages[0])
        #expect(throws: ServiceError.self) { try half.finish() }
    }

    @Test("lists of collections cross in any number of messages")
    func lists() throws {
        for count in [0, 1, 40] {
            let states = (0..<count).map { _ in generator.state() }
            var reader = CollectionsAnswer.Reader()
            for message in CollectionsAnswer.messages(of: states) { try reader.take(message) }
            #expect(exactText(reader.finish()).isByteEqual(to: exactText(states)))
        }
    }

    @Test("a filter of the deepest body crosses")
    func deepFilter() throws {
        var filter = Where.metadata(MetadataKey("k"), .equal(.bool(true)))
        // A level of a filter is an object and an array of JSON, whose readers take 127.
        for _ in 0..<64 { filter = .all([filter]) }
        try expectUnchanged(
            { RecordSelection(filter: .all([filter])) }, { EngineSelection($0) },
            { try $0.selection() })
    }

    @Test("every refusal crosses with its code and words", arguments: ServiceError.Code.allCases)
    func refusals(code: ServiceError.Code) {
        let error = ServiceError(code, "what \u{e9} to do", cause: CancellationError())
        let back = EngineRefusal(error).error
        #expect(back.code == code && back.message.isByteEqual(to: error.message))
    }

    @Test("columns of the wrong length are refused, not read past their end")
    func forgedColumns() throws {
        var batch = EngineBatch(
            RecordBatch(
                ids: [RecordID("a"), RecordID("b")], embeddings: .rows([[1, 2], [3, 4]]),
                documents: ["x", nil]))
        _ = try batch.batch()
        let good = batch
        batch.documents.present.removeLast()
        #expect(throws: ServiceError.self) { try batch.batch() }
        batch = good
        batch.embeddings.values.removeLast()
        #expect(throws: ServiceError.self) { try batch.batch() }
        batch = good
        batch.embeddings.rowCount = 3
        #expect(throws: ServiceError.self) { try batch.batch() }
        batch = good
        batch.embeddings.dimension = .max
        #expect(throws: ServiceError.self) { try batch.batch() }
        batch = good
        batch.ids.removeLast()
        #expect(throws: ServiceError.self) { try batch.batch() }
    }
}
