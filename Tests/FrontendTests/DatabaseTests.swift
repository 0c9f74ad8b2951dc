import Access
import ChromaModel
import NIOHTTP1
import TestSupport
import Testing

@Suite("Databases (protocol §1.4)")
struct DatabaseTests {
    private static let path = "/api/v2/tenants/alpha/databases"

    @Test("a database is made once, shown, listed and deleted")
    func life() async throws {
        try await Installation.run { installation in
            let client = installation.client
            let token = installation.alphaToken
            let created = try await client.post(Self.path, "{\"name\":\"books\"}", token: token)
            #expect(created.status == 200)
            #expect(created.body == "{}")
            let again = try await client.post(Self.path, "{\"name\":\"books\"}", token: token)
            #expect(again.status == 409)
            #expect(again.body.contains("Database [books] already exists"))

            let shown = try await client.get(Self.path + "/books?tenant=alpha", token: token)
            #expect(shown.status == 200)
            #expect(shown.body.hasPrefix("{\"id\":\""))
            #expect(shown.body.hasSuffix("\",\"name\":\"books\",\"tenant\":\"alpha\"}"))
            let listed = try await client.get(Self.path + "?offset=1&limit=1", token: token)
            #expect(listed.body == "[\(shown.body)]")

            let deleted = try await client.send(.DELETE, Self.path + "/books", token: token)
            #expect(deleted.status == 200)
            #expect(deleted.body == "{}")
            let missing = try await client.get(Self.path + "/books", token: token)
            #expect(missing.status == 404)
            #expect(
                missing.body
                    == "{\"error\":\"NotFoundError\",\"message\":"
                    + "\"Database [books] not found. Are you sure it exists?\"}")
            let deletedAgain = try await client.send(
                .DELETE, Self.path + "/books", token: token)
            #expect(deletedAgain.status == 404)
            #expect(deletedAgain.body.contains("\"Database [books] not found\""))
        }
    }

    @Test("a limit of zero lists nothing, and a bad one is refused")
    func limits() async throws {
        try await Installation.run { installation in
            let token = installation.alphaToken
            let none = try await installation.client.get(Self.path + "?limit=0", token: token)
            #expect(none.body == "[]")
            for query in ["limit=x", "limit=-1", "offset=1.5", "limit=4294967296", "limit="] {
                let answer = try await installation.client.get(
                    Self.path + "?" + query, token: token)
                #expect(answer.status == 400, "\(query)")
                #expect(answer.body.contains("Failed to deserialize query string: "))
            }
        }
    }

    @Test("a name under three characters is refused before it is looked for")
    func shortName() async throws {
        try await Installation.run { installation in
            let answer = try await installation.client.get(
                Self.path + "/ab", token: installation.alphaToken)
            #expect(answer.status == 400)
            #expect(
                answer.body
                    == "{\"error\":\"InvalidArgumentError\",\"message\":"
                    + "\"database name must be at least 3 characters\"}")
        }
    }

    @Test("a token for one database neither sees nor reaches another")
    func restricted() async throws {
        try await Installation.run { installation in
            let name = DatabaseName("second")
            installation.directory.addDatabase(named: name, to: installation.alpha)
            let token = installation.directory.mintToken(
                role: .admin, tenant: installation.alpha, databases: [name])
            let list = try await installation.client.get(Self.path, token: token)
            #expect(!list.body.contains("shared_name"))
            let hidden = try await installation.client.get(
                Self.path + "/shared_name", token: token)
            let absent = try await installation.client.get(
                Self.path + "/shared_nam2", token: token)
            #expect(hidden.status == 404)
            #expect(
                hidden.body
                    == absent.body.replacing("shared_nam2", with: "shared_name"))
        }
    }

    @Test("a path is percent-decoded once, by bytes")
    func percentDecoding() async throws {
        try await Installation.run { installation in
            let client = installation.client
            let token = installation.alphaToken
            // One name composed, its canonical twin decomposed, and one with an escaped slash.
            for name in ["caf\u{E9}", "a/b", "%41bc"] {
                installation.directory.addDatabase(
                    named: DatabaseName(name), to: installation.alpha)
            }
            for (escaped, status) in [
                ("caf%C3%A9", UInt(200)), ("cafe%CC%81", 404), ("a%2Fb", 200), ("a%2fb", 200),
                ("%2541bc", 200), ("%41bc", 404), ("%ff%fe%fd", 400), ("abc%4", 400),
                ("abc%zz", 400), ("abc%00", 404),
            ] {
                let answer = try await RawConnection.run(port: client.port) { connection in
                    connection.send(
                        "GET \(Self.path)/\(escaped) HTTP/1.1\r\nhost: h\r\n"
                            + "x-chroma-token: \(token)\r\nconnection: close\r\n\r\n")
                    return connection.readToEnd()
                }
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(escaped)")
            }
        }
    }
}
