import ChromaModel
import TestSupport
import Testing

@Suite("Schemas that grow with their records (protocol §5.5)")
struct SchemaGrowthTests {
    private static let books = Installation.collections(of: "alpha") + "/books"

    private static let record = """
        {"ids":["a"],"embeddings":[[1]],"metadatas":[{"seen":"x","list":[1,2]}]}
        """

    private static let entry = """
        "seen":{"string":{"fts_index":{"enabled":false,"config":{}},\
        "string_inverted_index":{"enabled":true,"config":{}}}}
        """

    @Test("a written key appears with the default indexes of its type, at once")
    func atOnce() async throws {
        try await Installation.run { installation in
            let (client, token) = (installation.client, installation.alphaToken)
            let path = try await installation.makeCollection("books")
            _ = try await client.post(path + "/add", Self.record, token: token)
            let list = try await client.get(Installation.collections(of: "alpha"), token: token)
            let named = try await client.get(Self.books, token: token)
            for body in [named.body, list.body] {
                #expect(body.contains(Self.entry), "\(body)")
                #expect(body.contains(#""list":{"int":{"int_inverted_index""#))
            }
        }
    }

    @Test("a known key that is seen with another type gains it; nothing else changes")
    func gainsTypes() async throws {
        try await Installation.run { installation in
            let (client, token) = (installation.client, installation.alphaToken)
            let path = try await installation.makeCollection("books")
            _ = try await client.post(path + "/add", Self.record, token: token)
            let once = try await client.get(Self.books, token: token)
            _ = try await client.post(path + "/upsert", Self.record, token: token)
            #expect(try await client.get(Self.books, token: token).body == once.body)
            _ = try await client.post(
                path + "/update", #"{"ids":["a"],"metadatas":[{"seen":true}]}"#, token: token)
            let twice = try await client.get(Self.books, token: token).body
            #expect(twice.contains(#""bool":{"bool_inverted_index":{"enabled":true"#))
            #expect(twice.contains(String(Self.entry.dropLast())))
        }
    }

    @Test("in the cloud's flavour a key waits for the compaction")
    func afterCompaction() async throws {
        try await Installation.run(indexFlavour: .spann) { installation in
            let (client, token) = (installation.client, installation.alphaToken)
            let path = try await installation.makeCollection("books")
            _ = try await client.post(path + "/add", Self.record, token: token)
            #expect(try await !client.get(Self.books, token: token).body.contains("seen"))
        }
    }
}
