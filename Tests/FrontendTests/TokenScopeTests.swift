import Access
import ChromaModel
import NIOHTTP1
import TestSupport
import Testing

@Suite("Tokens that may do less")
struct TokenScopeTests {
    @Test("a custom token does what it lists, in transactions too")
    func customActions() async throws {
        try await Installation.run { installation in
            let path = try await installation.makeCollection("books")
            let token = installation.directory.mintToken(
                role: .custom, tenant: installation.alpha,
                restrictions: TokenRestrictions(actions: [.add, .getTenant]))
            let record = #"{"ids":["a"],"embeddings":[[1]]}"#
            let client = installation.client
            #expect(try await client.post(path + "/add", record, token: token).status == 201)
            #expect(try await client.post(path + "/upsert", record, token: token).status == 403)
            #expect(try await client.post(path + "/get", "{}", token: token).status == 403)
            let commit = path + "/conditional/commit"
            for (operation, status) in [("add", UInt(200)), ("upsert", 403), ("delete", 403)] {
                let payload = operation == "delete" ? #"{"ids":["b"]}"# : record
                let body =
                    #"{"operations":[{"operation":"\#(operation)","payload":\#(payload)}]}"#
                let answer = try await client.post(commit, body, token: token)
                #expect(answer.status == status, "\(operation): \(answer.body)")
            }
        }
    }

    @Test("a token for some collections meets the others as it meets none")
    func collections() async throws {
        try await Installation.run { installation in
            let hidden = try await installation.makeCollection("books")
            _ = try await installation.makeCollection("team-a")
            let token = installation.directory.mintToken(
                role: .admin, tenant: installation.alpha,
                restrictions: TokenRestrictions(collections: CollectionPattern("team-*")))
            let (client, stem) = (installation.client, Installation.collections(of: "alpha"))
            let listed = try await client.get(stem, token: token)
            #expect(listed.body.contains("team-a") && !listed.body.contains("books"))
            let byName = try await client.get(stem + "/books", token: token)
            let absent = try await client.get(stem + "/nothing", token: token)
            #expect(byName.status == 404)
            #expect(byName.body.replacing("books", with: "nothing") == absent.body)
            #expect(try await client.post(hidden + "/get", "{}", token: token).status == 404)
            let named = try await client.post(stem, #"{"name":"books"}"#, token: token)
            #expect(named.status == 403)
            let database = String(stem.dropLast("/collections".count))
            let deleted = try await client.send(.DELETE, database, token: token)
            #expect(deleted.status == 403)
        }
    }

    @Test("a token is let in from its ranges by the connection's address, not by a header")
    func addresses() async throws {
        try await Installation.run { installation in
            let stem = Installation.collections(of: "alpha")
            for (range, status) in [("127.0.0.0/8", UInt(200)), ("10.0.0.0/8", 401)] {
                let token = installation.directory.mintToken(
                    role: .reader, tenant: installation.alpha,
                    restrictions: TokenRestrictions(
                        addresses: [try AddressRange(parsing: range)]))
                let headers = ["x-forwarded-for", "x-real-ip", "forwarded"].map { ($0, "10.0.0.1") }
                let answer = try await installation.client.send(
                    .GET, stem, token: token, headers: headers)
                #expect(answer.status == status)
                if status == 401 { #expect(answer.body.contains("Permission denied.")) }
            }
        }
    }
}
