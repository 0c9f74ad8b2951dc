import ChromaModel
import NIOCore
import Testing

@testable import ChromaWire

@Suite("Responses")
struct ResponseTests {
    private final class Owner {
        let values: UnsafeMutablePointer<Float>
        init(_ list: [Float]) {
            values = .allocate(capacity: list.count)
            values.initialize(from: list, count: list.count)
        }
        deinit { values.deallocate() }
    }

    private func embedding(_ list: [Float]) -> EmbeddingView {
        let owner = Owner(list)
        return EmbeddingView(
            owner: owner, start: UnsafePointer(owner.values), dimension: list.count)
    }

    private var record: RecordView {
        RecordView(
            id: RecordID("a\"b"), document: "d", uri: nil,
            metadata: Metadata([
                MetadataEntry(MetadataKey("f"), .float(1)),
                MetadataEntry(MetadataKey("chroma:x"), .int(1)),
            ]),
            embedding: embedding([1, -0.5, 1e-7]), distance: 0.25)
    }

    @Test("a get response has all members, null where not asked for, and echoes include")
    func get() {
        let text = written {
            GetResponse.write(
                records: [record], include: IncludeList([.uris, .metadatas, .uris]), into: &$0)
        }
        #expect(
            text == """
                {"ids":["a\\"b"],"embeddings":null,"documents":null,"uris":[null],\
                "metadatas":[{"f":1.0}],"include":["uris","metadatas","uris"]}
                """)
    }

    @Test("a query response has one list a query")
    func query() {
        let text = written {
            QueryResponse.write(
                results: [[record], []],
                include: IncludeList([.embeddings, .documents, .distances]), into: &$0)
        }
        #expect(
            text
                == """
                {"ids":[["a\\"b"],[]],"embeddings":[[[1.0,-0.5,1.0e-7]],[]],\
                "documents":[["d"],[]],"uris":null,"metadatas":null,"distances":[[0.25],[]],\
                "include":["embeddings","documents","distances"]}
                """.replacing("1.0e-7", with: floatText(1e-7)))
    }

    private func floatText(_ value: Float) -> String {
        written { buffer in JSONWriter.append(to: &buffer) { $0.float(value) } }
    }

    @Test("the small answers are spelled as upstream spells them")
    func small() {
        #expect(written { SystemResponse.writeEmpty(into: &$0) } == "{}")
        #expect(written { SystemResponse.write(integer: 12, into: &$0) } == "12")
        #expect(written { SystemResponse.write(string: "1.0.0", into: &$0) } == "\"1.0.0\"")
        #expect(written { SystemResponse.write(deleted: 3, into: &$0) } == #"{"deleted":3}"#)
        #expect(
            written { SystemResponse.write(heartbeat: 5, into: &$0) }
                == #"{"nanosecond heartbeat":5}"#)
        #expect(
            written { SystemResponse.write(batchRecordsMax: 5461, into: &$0) }
                == #"{"max_batch_size":5461,"supports_base64_encoding":true}"#)
        #expect(
            written {
                ErrorResponse.write(name: "ChromaError", message: "a\u{1}\n", into: &$0)
            } == #"{"error":"ChromaError","message":"a\u0001\n"}"#)
        #expect(
            written { TenantResponse.write(name: TenantName("t"), into: &$0) }
                == #"{"name":"t","resource_name":null}"#)
        #expect(
            written {
                IdentityResponse.write(
                    userID: "u", tenant: TenantName("t"), databases: [DatabaseName("d")],
                    into: &$0)
            } == #"{"user_id":"u","tenant":"t","databases":["d"]}"#)
    }

    @Test("a collection has its ten members")
    func collection() throws {
        let state = CollectionState(
            id: CollectionID(UniqueID(high: 1, low: 2)),
            database: DatabaseID(UniqueID(high: 0, low: 0)), name: CollectionName("c"),
            metadata: nil, settings: try .reconcile(configuration: nil, schema: nil, metadata: nil),
            dimension: 3, logPosition: 4, version: 5, createdAt: 1)
        let text = written {
            CollectionResponse.write(
                state, tenant: TenantName("t"), database: DatabaseName("d"), into: &$0)
        }
        #expect(
            text == """
                {"id":"00000000-0000-0001-0000-000000000002","name":"c",\
                "configuration_json":\(state.settings.configurationJSON),\
                "schema":\(state.settings.schemaJSON),"metadata":null,"dimension":3,\
                "tenant":"t","database":"d","log_position":4,"version":5}
                """)
    }

    @Test("a buffer that already holds bytes is appended to")
    func append() {
        var buffer = ByteBuffer(string: "x")
        SystemResponse.write(integer: -1, into: &buffer)
        #expect(String(buffer: buffer) == "x-1")
    }
}
