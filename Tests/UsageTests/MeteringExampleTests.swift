import ChromaModel
import Testing

@testable import Usage

/// The examples of docs/metering.md.
struct MeteringExampleTests {
    private static let patch = MetadataPatch([
        .init(MetadataKey("page"), .int(3)), .init(MetadataKey("tag"), .string("x")),
    ])

    private static func batch() -> RecordBatch {
        RecordBatch(
            ids: [RecordID("a")], embeddings: .rows([[1, 2, 3]]), documents: ["tessera"],
            metadatas: [patch])
    }

    @Test("a record is its id, document, metadata and embedding")
    func record() {
        #expect(Self.patch.logicalBytes == 16)
        #expect(Self.batch().logicalBytes == 36)
        #expect(RecordChange.write(.add, Self.batch()).logicalBytes == 36)
    }

    @Test("a URI counts once, an absent member nothing")
    func members() {
        var batch = Self.batch()
        batch.uris = ["file:///x"]
        #expect(batch.logicalBytes == 45)
        batch.documents = [nil]
        batch.metadatas = [nil]
        batch.embeddings = .rows([nil])
        #expect(batch.logicalBytes == 10)
    }

    @Test("a delete is the bytes of its ids, in UTF-8")
    func delete() {
        #expect(RecordChange.delete([RecordID("a")]).logicalBytes == 1)
        #expect(RecordChange.delete([RecordID("é"), RecordID("bc")]).logicalBytes == 4)
    }

    @Test("a shown record has 8 more for its distance")
    func shown() {
        let floats = FloatOwner([1, 2, 3])
        let view = RecordView(
            id: RecordID("a"), document: "tessera",
            metadata: Self.patch.applied(to: nil), embedding: floats.view, distance: 0.5)
        #expect(view.logicalBytes == 44)
        #expect([view, view].logicalBytes == 88)
        #expect(RecordView(id: RecordID("a")).logicalBytes == 1)
    }

    @Test(
        "each kind of metadata value has its size",
        arguments: [
            (MetadataValue.bool(true), 1), (.int(7), 8), (.float(0.5), 8), (.string("né"), 3),
            (.sparse(SparseVector(indices: [1, 9], values: [1, 2], tokens: ["a", "b"])), 16),
            (.bools([true, false]), 2), (.ints([1, 2]), 16), (.floats([1]), 8),
            (.strings(["ab", "c"]), 3), (.strings([]), 0),
        ])
    func values(_ value: MetadataValue, _ bytes: Int) {
        #expect(value.logicalBytes == bytes)
    }

    @Test("a null costs its key alone")
    func null() {
        #expect(MetadataPatch([.init(MetadataKey("gone"), nil)]).logicalBytes == 4)
    }

    @Test("a vector and a full-text filter of 11 bytes are 10 units")
    func units() {
        let filter = Where.document(.contains("hello world"))
        #expect(QueryUnits.of(embeddings: 1, filter: filter) == 10)
        let gib: UInt64 = 1 << 30
        let extent = ReadExtent(compactedBytes: 10 * gib)
        #expect(extent.queriedBytes(units: 10) * 10_000 == 1_000_000 * gib)
    }

    @Test("predicates count one each, lists one a value, short texts 1, ids nothing")
    func predicates() {
        let key = MetadataKey("k")
        let filter = Where.all([
            .metadata(key, .equal(.bool(true))),
            .metadata(key, .contains(.string("x"))),
            .any([
                .metadata(key, .isIn([.string("a"), .string("b"), .string("c")])),
                .metadata(key, .isNotIn([.bool(true), .bool(false)])),
            ]),
            .document(.matches(regex: "a")), .document(.doesNotContain("abcd")),
            .id(.isIn([RecordID("a"), RecordID("b")])),
        ])
        #expect(filter.queryUnits == 1 + 1 + 3 + 2 + 1 + 2)
    }

    @Test("a bare read is one scan")
    func bare() {
        #expect(QueryUnits.of(embeddings: 0, filter: nil) == 1)
        #expect(QueryUnits.of(embeddings: 3, filter: nil) == 3)
        #expect(
            ReadExtent(compactedBytes: 36, pulledLogBytes: 44).queriedBytes(units: 2) == 160)
    }

    @Test("a quantity beyond what a cell holds stays at the largest")
    func overflow() {
        #expect(ReadExtent(compactedBytes: .max - 1).queriedBytes(units: 2) == .max)
    }
}

/// Keeps floats alive for a view.
private final class FloatOwner {
    private let values: UnsafeMutableBufferPointer<Float>

    init(_ floats: [Float]) {
        values = .allocate(capacity: floats.count)
        _ = values.initialize(from: floats)
    }

    deinit { values.deallocate() }

    var view: EmbeddingView {
        EmbeddingView(
            owner: self, start: UnsafePointer(values.baseAddress!), dimension: values.count)
    }
}
