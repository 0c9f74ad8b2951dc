import NIOHTTP1
import TestSupport
import Testing

@Suite("Collections (protocol §1.5)")
struct CollectionTests {
    private static let stem = Installation.collections(of: "alpha")

    @Test("a new collection is answered whole, with 200")
    func create() async throws {
        try await Installation.run { installation in
            let answer = try await installation.client.post(
                Self.stem, "{\"name\":\"books\",\"metadata\":{\"k\":1.0}}",
                token: installation.alphaToken)
            #expect(answer.status == 200)
            for member in [
                "\"name\":\"books\"", "\"configuration_json\":{", "\"schema\":{",
                "\"metadata\":{\"k\":1.0}", "\"dimension\":null", "\"tenant\":\"alpha\"",
                "\"database\":\"shared_name\"", "\"log_position\":0", "\"version\":0",
            ] { #expect(answer.body.contains(member), "\(member)") }
        }
    }

    @Test("a taken name is 409, unless the existing one will do")
    func createAgain() async throws {
        try await Installation.run { installation in
            let path = try await installation.makeCollection("books")
            let again = try await installation.client.post(
                Self.stem, "{\"name\":\"books\"}", token: installation.alphaToken)
            #expect(again.status == 409)
            #expect(
                again.body
                    == Installation.refusal("ChromaError", "Collection [books] already exists"))
            let existing = try await installation.client.post(
                Self.stem, "{\"name\":\"books\",\"metadata\":{\"a\":1},\"get_or_create\":true}",
                token: installation.alphaToken)
            #expect(existing.status == 200)
            #expect(path.hasSuffix(try Installation.id(in: existing)))
            #expect(existing.body.contains("\"metadata\":null"))
        }
    }

    @Test("a collection is found by its name and by its id in any spelling")
    func find() async throws {
        try await Installation.run { installation in
            let client = installation.client
            let path = try await installation.makeCollection("books")
            let id = String(path.suffix(36))
            let named = try await client.get(
                Self.stem + "/books", token: installation.alphaToken)
            #expect(try Installation.id(in: named) == id)
            for spelling in [id, id.uppercased(), id.replacing("-", with: ""), "urn:uuid:" + id] {
                let found = try await client.get(
                    Self.stem + "/by-id/" + spelling, token: installation.alphaToken)
                #expect(found.status == 200, "\(spelling)")
                #expect(found.body == named.body)
            }
            let byName = try await client.get(path, token: installation.alphaToken)
            #expect(byName.status == 404)
            #expect(
                byName.body
                    == Installation.refusal("NotFoundError", "Collection [\(id)] does not exist"))
        }
    }

    @Test("lists are in order of creation, by page, and counted")
    func list() async throws {
        try await Installation.run { installation in
            let names = ["zebra", "mouse", "apple"]
            for name in names { _ = try await installation.makeCollection(name) }
            let token = installation.alphaToken
            let all = try await installation.client.get(Self.stem, token: token)
            let starts = names.compactMap {
                all.body.firstRange(of: "\"name\":\"\($0)\"")?.lowerBound
            }
            #expect(starts.count == names.count)
            #expect(starts == starts.sorted())
            let page = try await installation.client.get(
                Self.stem + "?limit=1&offset=1", token: token)
            #expect(page.body.contains("\"mouse\"") && !page.body.contains("\"apple\""))
            let none = try await installation.client.get(Self.stem + "?limit=0", token: token)
            #expect(none.body == "[]")
            let count = try await installation.client.get(
                Self.stem + "_count", token: token)
            #expect(count.body == "3")
        }
    }

    @Test("a collection is renamed, its metadata replaced, its configuration changed")
    func modify() async throws {
        try await Installation.run { installation in
            let client = installation.client
            let token = installation.alphaToken
            let path = try await installation.makeCollection("books", ",\"metadata\":{\"a\":1}")
            for body in [
                "{}", "{\"new_name\":\"novels\"}", "{\"new_metadata\":{\"b\":2,\"c\":null}}",
                "{\"new_configuration\":{\"hnsw\":{\"ef_search\":50},\"spann\":null}}",
            ] {
                let answer = try await client.send(.PUT, path, body: body, token: token)
                #expect(answer.status == 200, "\(answer.body)")
                #expect(answer.body == "{}")
            }
            let shown = try await client.get(Self.stem + "/novels", token: token)
            #expect(shown.body.contains("\"metadata\":{\"b\":2}"))
            #expect(shown.body.contains("\"ef_search\":50"))
        }
    }

    @Test("a change that is wrong is refused in upstream's words")
    func modifyMalformed() async throws {
        try await Installation.run { installation in
            let path = try await installation.makeCollection("books")
            _ = try await installation.makeCollection("taken")
            let random = Self.stem + "/6c1b1d4e-3f6a-4a5e-9f0e-0d9d8b7a6c5d"
            let cases: [(String, String, UInt, String)] = [
                (path, "{\"new_metadata\":{}}", 400, "Metadata cannot be empty"),
                (path, "{\"new_name\":\"x\"}", 400, "Validation error: new_name: "),
                (path, "{\"new_name\":\"taken\"}", 409, "Collection [taken] already exists"),
                (path, "{\"new_configuration\":{\"hnsw\":{\"space\":\"ip\"}}}", 422, "space"),
                (Self.stem + "/books", "{}", 400, "Collection ID is not a valid UUIDv4"),
                (random, "{}", 404, "does not exist."),
            ]
            for (path, body, status, message) in cases {
                let answer = try await installation.client.send(
                    .PUT, path, body: body, token: installation.alphaToken)
                #expect(answer.status == status, "\(body)")
                #expect(answer.body.contains(message), "\(answer.body)")
            }
        }
    }

    @Test("a collection is deleted by name, not by id")
    func delete() async throws {
        try await Installation.run { installation in
            let token = installation.alphaToken
            let path = try await installation.makeCollection("books")
            let byID = try await installation.client.send(.DELETE, path, token: token)
            #expect(byID.status == 404)
            let byName = try await installation.client.send(
                .DELETE, Self.stem + "/books", token: token)
            #expect(byName.status == 200)
            #expect(byName.body == "{}")
            let again = try await installation.client.send(
                .DELETE, Self.stem + "/books", token: token)
            #expect(again.status == 404)
        }
    }

    @Test("in a database that does not exist there is nothing, and nothing is made")
    func missingDatabase() async throws {
        try await Installation.run { installation in
            let client = installation.client
            let token = installation.alphaToken
            let stem = Installation.collections(of: "alpha", "nowhere")
            let create = try await client.post(stem, "{\"name\":\"books\"}", token: token)
            #expect(create.status == 400)
            #expect(
                create.body
                    == Installation.refusal(
                        "InvalidArgumentError", "Database [nowhere] does not exist"))
            #expect(try await client.get(stem, token: token).body == "[]")
            #expect(try await client.get(stem + "_count", token: token).body == "0")
            let named = try await client.get(stem + "/books", token: token)
            #expect(named.status == 404)
            #expect(
                named.body
                    == Installation.refusal("NotFoundError", "Collection [books] does not exist"))
        }
    }

    @Test("a bad id is 400: by-id and data routes have their own words")
    func badID() async throws {
        try await Installation.run { installation in
            let byID = try await installation.client.get(
                Self.stem + "/by-id/books", token: installation.alphaToken)
            #expect(byID.status == 400)
            #expect(
                byID.body
                    == Installation.refusal(
                        "InvalidArgumentError",
                        "Validation error: collection_id: "
                            + "Invalid collection ID format, expected UUID"))
        }
    }

    @Test("configuration changes at the same time all take effect")
    func concurrentChanges() async throws {
        try await Installation.run { installation in
            let path = try await installation.makeCollection("books")
            let changes = ["ef_search", "max_neighbors", "sync_threshold", "batch_size"]
            try await withThrowingTaskGroup(of: UInt.self) { tasks in
                for (index, change) in changes.enumerated() {
                    tasks.addTask {
                        try await installation.client.send(
                            .PUT, path,
                            body: "{\"new_configuration\":"
                                + "{\"hnsw\":{\"\(change)\":\(index + 201)}}}",
                            token: installation.alphaToken
                        ).status
                    }
                }
                for try await status in tasks { #expect(status == 200) }
            }
            let body = try await installation.client.get(
                Self.stem + "/books", token: installation.alphaToken
            ).body
            for (index, change) in changes.enumerated() {
                #expect(body.contains("\"\(change)\":\(index + 201)"), "\(change)")
            }
        }
    }
}
