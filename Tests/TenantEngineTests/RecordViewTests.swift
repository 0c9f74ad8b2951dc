import ChromaModel
import ChromaWire
import NIOCore
import TestSupport
import Testing

@testable import TenantEngine

/// Answers are written straight from mapped rows: they must be those of the rows' values.
@Suite("Views of stored records")
struct RecordViewTests {
    private static let shown = IncludeList([.documents, .uris, .metadatas, .embeddings])

    private static func batch(_ source: RandomRecords, _ count: Int) -> RecordBatch {
        RecordBatch(
            ids: (0..<count).map { RecordID("\($0) " + source.text()) },
            embeddings: .rows((0..<count).map { [Float($0), 0.5] }),
            documents: (0..<count).map { _ in source.maybe(source.text) },
            uris: (0..<count).map { _ in source.maybe(source.text) },
            metadatas: (0..<count).map { _ in
                source.maybe {
                    MetadataPatch(source.metadata().entries.map { .init($0.key, $0.value) })
                }
            })
    }

    private static func body(_ records: [RecordView]) -> ByteBuffer {
        var buffer = ByteBuffer()
        GetResponse.write(records: records, include: shown, into: &buffer)
        return buffer
    }

    /// The same records, of values.
    private static func values(_ records: [RecordView]) -> [RecordView] {
        records.map {
            RecordView(
                id: $0.id, document: $0.document, uri: $0.uri, metadata: $0.metadata,
                embedding: $0.embedding)
        }
    }

    private static func get(_ world: EngineFixture, _ id: CollectionID) async throws
        -> [RecordView]
    {
        try await world.host.get(
            GetRequest(include: shown.options), from: id, in: world.scope)
    }

    @Test("of a segment are answered like those in memory, byte for byte", arguments: [1, 2, 3])
    func sealed(seed: UInt64) async throws {
        let world = try await EngineFixture()
        let id = try await world.create("c")
        try await world.host.write(
            Self.batch(RandomRecords(SeededRandom(seed: seed)), 60), as: .add, to: id,
            in: world.scope)
        let before = try await Self.get(world, id)
        try await world.seal()
        #expect(try await world.segmentRows(id).count == 1)
        let after = try await Self.get(world, id)
        #expect(Self.body(before) == Self.body(after), "seed \(seed)")
        #expect(Self.body(Self.values(after)) == Self.body(after), "seed \(seed)")
        for (left, right) in zip(before, after) {
            #expect(left.idText.byteCount == right.idText.byteCount)
            #expect(left.metadataView?.logicalBytes == right.metadataView?.logicalBytes)
        }
        await world.close()
    }

    @Test("outlive the collection and the engine that they are of")
    func lifetime() async throws {
        let world = try await EngineFixture()
        let id = try await world.create("c")
        let text = String(repeating: "document ", count: 1000)
        let batch = RecordBatch(
            ids: [RecordID("a")], embeddings: .rows([[1]]), documents: [text],
            metadatas: [MetadataPatch([.init(MetadataKey("k"), .string(text))])])
        try await world.host.write(batch, as: .add, to: id, in: world.scope)
        try await world.seal()
        let views = try await Self.get(world, id)
        try await world.host.deleteCollection(named: CollectionName("c"), in: world.scope)
        try await world.seal()
        #expect(try world.segmentFiles() == [])
        await world.close()
        #expect(world.host.mappings.files == 1)
        #expect(views.map(\.document) == [text])
        #expect(views.map { $0.metadata?[MetadataKey("k")] } == [.string(text)])
    }
}
