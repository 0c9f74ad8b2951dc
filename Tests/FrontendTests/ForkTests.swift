import ChromaModel
import TestSupport
import Testing

@Suite("Forks and indexing status (protocol §1.7)")
struct ForkTests {
    private static let stem = Installation.collections(of: "alpha")

    @Test("a fork is answered as a collection, with its source's records and settings")
    func fork() async throws {
        try await Installation.run { installation in
            let (client, token) = (installation.client, installation.alphaToken)
            let path = try await installation.makeCollection("books", #","metadata":{"k":1}"#)
            _ = try await client.post(
                path + "/add", #"{"ids":["a"],"embeddings":[[1,2]],"metadatas":[{"seen":1}]}"#,
                token: token)
            let fork = try await client.post(
                path + "/fork", #"{"new_name":"copy"}"#, token: token)
            #expect(fork.status == 200)
            for member in [
                #""name":"copy""#, #""metadata":{"k":1}"#, #""dimension":2"#, #""version":0"#,
                #""seen":{"int""#,
            ] { #expect(fork.body.contains(member), "\(member)") }
            let copy = "\(Self.stem)/\(try Installation.id(in: fork))"
            #expect(copy != path)
            #expect(try await client.get(copy + "/count", token: token).body == "1")
            for member in [path, copy] {
                let count = try await client.get(member + "/fork_count", token: token)
                #expect(count.status == 200)
                #expect(count.body == #"{"count":1}"#)
            }
        }
    }

    @Test("a bad name, a taken one, a missing source and two regions are refused")
    func refusals() async throws {
        try await Installation.run { installation in
            let (client, token) = (installation.client, installation.alphaToken)
            let path = try await installation.makeCollection("books")
            let taken = try await client.post(
                path + "/fork", #"{"new_name":"books"}"#, token: token)
            #expect(taken.status == 409)
            #expect(
                taken.body
                    == Installation.refusal("ChromaError", "Collection [books] already exists"))
            let bad = try await client.post(path + "/fork", #"{"new_name":"x"}"#, token: token)
            #expect(bad.status == 400)
            #expect(bad.body.contains("Validation error: new_name: Expected a name"))
            let nowhere = "6c1b1d4e-3f6a-4a5e-9f0e-0d9d8b7a6c5d"
            let missing = try await client.post(
                "\(Self.stem)/\(nowhere)/fork", #"{"new_name":"copy"}"#, token: token)
            #expect(missing.status == 404)
            installation.directory.addDatabase(
                named: DatabaseName("topology+name"), to: installation.alpha)
            let regions = try await client.post(
                Installation.collections(of: "alpha", "topology+name") + "/\(nowhere)/fork",
                #"{"new_name":"copy"}"#, token: token)
            #expect(regions.status == 400)
            #expect(regions.body.contains("multi-region"))
        }
    }

    @Test("indexing status counts operations; nothing written is all indexed")
    func indexingStatus() async throws {
        try await Installation.run { installation in
            let (client, token) = (installation.client, installation.alphaToken)
            let path = try await installation.makeCollection("books")
            let empty = try await client.get(path + "/indexing_status", token: token)
            #expect(
                empty.body
                    == #"{"op_indexing_progress":1.0,"num_unindexed_ops":0,"#
                    + #""num_indexed_ops":0,"total_ops":0}"#)
            let record = #"{"ids":["a"],"embeddings":[[1]]}"#
            _ = try await client.post(path + "/upsert", record, token: token)
            _ = try await client.post(path + "/upsert", record, token: token)
            let status = try await client.get(path + "/indexing_status", token: token)
            #expect(
                status.body
                    == #"{"op_indexing_progress":0.0,"num_unindexed_ops":2,"#
                    + #""num_indexed_ops":0,"total_ops":2}"#)
        }
    }
}
