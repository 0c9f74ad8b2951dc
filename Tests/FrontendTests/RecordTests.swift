import NIOHTTP1
import TestSupport
import Testing

@Suite("Records (protocol §1.6)")
struct RecordTests {
    /// Writes three records of two dimensions; the second has nothing but its embedding.
    private static func fill(_ installation: Installation) async throws -> String {
        let path = try await installation.makeCollection("books")
        let answer = try await installation.client.post(
            path + "/add",
            "{\"ids\":[\"a\",\"b\",\"c\"],\"embeddings\":[[0,0],[3,4],[1,0]],"
                + "\"documents\":[\"one fish\",null,\"two fish\"],"
                + "\"metadatas\":[{\"n\":1},null,{\"n\":2.0}],\"uris\":null}",
            token: installation.alphaToken)
        #expect(answer.status == 201)
        #expect(answer.body == "{}")
        return path
    }

    @Test("records that were added are got in order of insertion")
    func get() async throws {
        try await Installation.run { installation in
            let path = try await Self.fill(installation)
            let answer = try await installation.client.post(
                path + "/get", "{\"ids\":[\"c\",\"b\",\"nope\"]}",
                token: installation.alphaToken)
            #expect(answer.status == 200)
            #expect(
                answer.body
                    == "{\"ids\":[\"b\",\"c\"],\"embeddings\":null,"
                    + "\"documents\":[null,\"two fish\"],\"uris\":null,"
                    + "\"metadatas\":[null,{\"n\":2.0}],"
                    + "\"include\":[\"documents\",\"metadatas\"]}")
        }
    }

    @Test("the nearest come first, with what was asked for in the order it was asked")
    func query() async throws {
        try await Installation.run { installation in
            let path = try await Self.fill(installation)
            let answer = try await installation.client.post(
                path + "/query",
                "{\"query_embeddings\":[[0,0],[3,3]],\"n_results\":2,"
                    + "\"include\":[\"distances\",\"embeddings\"]}",
                token: installation.alphaToken)
            #expect(answer.status == 200)
            #expect(answer.body.contains("\"ids\":[[\"a\",\"c\"],[\"b\",\"c\"]]"))
            #expect(answer.body.contains("\"documents\":null"))
            #expect(answer.body.contains("\"include\":[\"distances\",\"embeddings\"]"))
        }
    }

    @Test("upsert, update, delete and count answer as upstream does")
    func writes() async throws {
        try await Installation.run { installation in
            let client = installation.client
            let token = installation.alphaToken
            let path = try await Self.fill(installation)
            let steps: [(String, String, UInt, String)] = [
                ("/upsert", "{\"ids\":[\"d\"],\"embeddings\":[\"AACAPwAAAEA=\"]}", 200, "{}"),
                ("/update", "{\"ids\":[\"nope\"],\"documents\":[\"x\"]}", 200, "{}"),
                ("/add", "{\"ids\":[],\"embeddings\":[]}", 201, "{}"),
                ("/delete", "{\"ids\":[\"a\",\"nope\",\"a\"]}", 200, "{\"deleted\":3}"),
                ("/delete", "{\"where\":{\"n\":{\"$gt\":1}}}", 200, "{\"deleted\":1}"),
                ("/delete", "{}", 200, "{\"deleted\":0}"),
            ]
            for (route, body, status, expected) in steps {
                let answer = try await client.post(path + route, body, token: token)
                #expect(answer.status == status, "\(route) \(body)")
                #expect(answer.body == expected)
            }
            let got = try await client.post(
                path + "/get", "{\"include\":[\"embeddings\"]}", token: token)
            #expect(got.body.contains("\"ids\":[\"b\",\"d\"]"))
            let count = try await client.get(
                path + "/count?read_level=index_and_wal", token: token)
            #expect(count.status == 200)
            #expect(count.body == "2")
        }
    }

    @Test("what is wrong is refused in upstream's words")
    func failures() async throws {
        try await Installation.run { installation in
            let path = try await Self.fill(installation)
            let stem = Installation.collections(of: "alpha")
            let random = "6c1b1d4e-3f6a-4a5e-9f0e-0d9d8b7a6c5d"
            let short = Installation.collections(of: "alpha", "ab") + "/" + random
            let invalid = [
                (stem + "/books/get", "{}", "Collection ID is not a valid UUIDv4"),
                (short + "/get", "{}", "database name must be at least 3 characters"),
                (
                    path + "/add", "{\"ids\":[\"x\"],\"embeddings\":[[1,2,3]]}",
                    "Collection expecting embedding with dimension of 2, got 3"
                ),
                (
                    path + "/query", "{\"query_embeddings\":[[1]]}",
                    "Collection expecting embedding with dimension of 2, got 1"
                ),
                (path + "/get", "{\"where\":{}}", "Invalid where clause"),
            ]
            for (path, body, message) in invalid {
                let answer = try await installation.client.post(
                    path, body, token: installation.alphaToken)
                #expect(answer.status == 400)
                #expect(answer.body == Installation.refusal("InvalidArgumentError", message))
            }
            let missing = try await installation.client.post(
                stem + "/\(random)/get", "{}", token: installation.alphaToken)
            #expect(missing.status == 404)
            #expect(
                missing.body
                    == Installation.refusal(
                        "NotFoundError", "Collection [\(random)] does not exist."))
            for (body, status) in [("{", UInt(400)), ("", 400), ("{\"limit\":-1}", 422)] {
                let answer = try await installation.client.post(
                    path + "/get", body, token: installation.alphaToken)
                #expect(answer.status == status, "\(body)")
            }
            let level = try await installation.client.get(
                path + "/count?read_level=psychic", token: installation.alphaToken)
            #expect(level.status == 400)
            #expect(level.body.contains("Failed to deserialize query string: "))
        }
    }

    @Test("a filter on what the schema does not index is refused")
    func indexPolicy() async throws {
        try await Installation.run { installation in
            let disabled =
                "{\"defaults\":{},\"keys\":{\"k\":{\"string\":{\"string_inverted_index\":"
                + "{\"enabled\":false,\"config\":{}}}}}}"
            let path = try await installation.makeCollection("books", ",\"schema\":\(disabled)")
            for (filter, status) in [("\"x\"", UInt(400)), ("1", 200)] {
                let answer = try await installation.client.post(
                    path + "/get", "{\"where\":{\"k\":\(filter)}}",
                    token: installation.alphaToken)
                #expect(answer.status == status, "\(answer.body)")
            }
        }
    }

    @Test("ids that only Unicode thinks equal are two ids")
    func unicodeTwins() async throws {
        try await Installation.run { installation in
            let path = try await installation.makeCollection("books")
            let twins = "[\"caf\u{E9}\",\"cafe\u{301}\"]"
            let add = try await installation.client.post(
                path + "/add", "{\"ids\":\(twins),\"embeddings\":[[1],[2]]}",
                token: installation.alphaToken)
            #expect(add.status == 201)
            let one = try await installation.client.post(
                path + "/get", "{\"ids\":[\"cafe\u{301}\"],\"include\":[]}",
                token: installation.alphaToken)
            #expect(Array(one.body.utf8).starts(with: Array("{\"ids\":[\"cafe\u{301}\"]".utf8)))
        }
    }

    @Test("a body and an answer of several megabytes pass through the CPU threads")
    func largeBodies() async throws {
        try await Installation.run { installation in
            let path = try await installation.makeCollection("books")
            let (records, dimension) = (300, 384)
            let ids = (0..<records).map { "\"id\($0)\"" }.joined(separator: ",")
            let elements = Array(repeating: "0.12345678", count: dimension)
            let row = "[\(elements.joined(separator: ","))]"
            let rows = Array(repeating: row, count: records).joined(separator: ",")
            let add = try await installation.client.post(
                path + "/add", "{\"ids\":[\(ids)],\"embeddings\":[\(rows)]}",
                token: installation.alphaToken)
            #expect(add.status == 201)
            let got = try await installation.client.post(
                path + "/get", "{\"include\":[\"embeddings\"]}",
                token: installation.alphaToken)
            #expect(got.status == 200)
            #expect(got.header("content-length") == "\(got.body.utf8.count)")
            #expect(got.body.utf8.count > 1_000_000)
        }
    }
}
