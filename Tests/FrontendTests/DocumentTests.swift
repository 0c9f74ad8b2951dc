import Access
import ChromaModel
import Foundation
import HTTPTypes
import NIOHTTP1
import Platform
import TestSupport
import Testing

@testable import Frontend

/// The description is held to the routes, to the pipeline, and to real answers.
@Suite("The API's description (protocol §1.2)")
struct DocumentTests {
    /// One operation of the served document.
    private struct Described {
        let method: HTTPMethod
        let path: String
        let operation: [String: Any]

        var isOpen: Bool { (operation["security"] as? [Any])?.isEmpty == true }
        var takesBody: Bool { operation["requestBody"] != nil }
        var name: String { "\(method) \(path)" }

        func shape(status: UInt) -> [String: Any]? {
            let responses = operation["responses"] as? [String: [String: Any]]
            let response = responses?[String(status)]
            let content = response?["content"] as? [String: [String: Any]]
            return content?["application/json"]?["schema"] as? [String: Any]
        }
    }

    private static func document(_ client: Client) async throws -> [String: Any] {
        let answer = try await client.get("/openapi.json")
        #expect(answer.status == 200)
        #expect(answer.header("content-type") == "application/json")
        let value = try JSONSerialization.jsonObject(with: Data(answer.body.utf8))
        return try #require(value as? [String: Any])
    }

    private static func operations(_ document: [String: Any]) throws -> [Described] {
        let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
        return paths.flatMap { path, methods in
            methods.map {
                Described(
                    method: HTTPMethod(rawValue: $0.uppercased()), path: path, operation: $1)
            }
        }
    }

    private static func table() throws -> RouteTable {
        let engine = ReferenceEngine()
        let peppers = try Peppers([Pepper(version: 1, key: Array(repeating: 7, count: 32))])
        let directory = MemoryDirectory(
            engines: engine, peppers: peppers, random: SystemRandomSource())
        return .chroma(
            configuration: FrontendConfiguration(), engines: engine, directory: directory,
            authoriser: Authoriser(directory: directory, conformanceMode: false),
            time: SystemTimeSource())
    }

    @Test("every route is described once, and nothing else is")
    func routes() async throws {
        let table = try Self.table()
        try await Installation.run { installation in
            let document = try await Self.document(installation.client)
            let described = try Self.operations(document)
            #expect(
                described.map(\.name).sorted()
                    == table.routes.map { "\($0.method) \($0.template)" }.sorted())
            let names = described.compactMap { $0.operation["operationId"] as? String }
            #expect(Set(names).count == described.count)
            for name in names + described.compactMap({ $0.operation["summary"] as? String }) {
                #expect(!name.isEmpty)
            }
        }
    }

    @Test("what is described as open, guarded or taking JSON is so in the pipeline")
    func pipeline() async throws {
        try await Installation.run { installation in
            let client = installation.client
            for described in try Self.operations(try await Self.document(client)) {
                let path = Self.filled(described.path)
                let stranger = try await client.send(described.method, path, body: "{")
                #expect((stranger.status == 401) != described.isOpen, "\(described.name)")
                let token =
                    described.path == "/api/v2/tenants"
                    ? installation.operatorToken
                    : installation.alphaToken
                let text = try await client.send(
                    described.method, path, body: "x", token: token,
                    headers: [("content-type", "text/plain")])
                #expect((text.status == 415) == described.takesBody, "\(described.name)")
            }
        }
    }

    @Test("real answers have the shapes that are described, member for member")
    func answers() async throws {
        try await Installation.run { installation in
            let document = try await Self.document(installation.client)
            let described = try Self.operations(document)
            let components = try #require(document["components"] as? [String: Any])
            let check = SchemaCheck(
                components: try #require(components["schemas"] as? [String: [String: Any]]))
            let made = String(try await installation.makeCollection("books").suffix(36))
            var checked = Set<String>()
            for (method, template, body) in Self.session {
                let path = Self.filled(template).replacing(Self.someID, with: made)
                let answer = try await installation.client.send(
                    method, path, body: body, token: installation.alphaToken)
                let name = "\(method) \(template)"
                let operation = try #require(described.first { $0.name == name }, "\(name)")
                let shape = try #require(
                    operation.shape(status: answer.status), "\(name): \(answer)")
                let value = try JSONSerialization.jsonObject(
                    with: Data(answer.body.utf8), options: .fragmentsAllowed)
                #expect(check.fault(value, shape) == nil, "\(name): \(answer.body)")
                checked.insert(name)
            }
            // All but what an operator does, what ends the session, and pages.
            let left = Set(described.map(\.name)).subtracting(checked)
            #expect(
                left == [
                    "POST /api/v2/tenants", "POST /api/v2/reset", "GET /docs", "GET /docs/",
                ])
        }
    }

    @Test("the page names every path, and loads nothing from anywhere")
    func page() async throws {
        let table = try Self.table()
        try await Installation.run { installation in
            let page = try await installation.client.get("/docs")
            #expect(page.status == 200)
            #expect(page.header("content-type") == "text/html; charset=utf-8")
            #expect(page.header("content-security-policy")?.contains("default-src 'none'") == true)
            for route in table.routes { #expect(page.body.contains(route.template.description)) }
            #expect(!page.body.contains("://"))
            #expect(!page.body.contains("<script"))
        }
    }

    private static let someID = "6c1b1d4e-3f6a-4a5e-9f0e-0d9d8b7a6c5d"

    private static func filled(_ template: String) -> String {
        [
            ("tenant", "alpha"), ("database", Installation.database), ("collection_id", someID),
            ("collection_name", "books"), ("crn", "alpha-name:\(Installation.database):books"),
        ].reduce(template) { $0.replacing("{\($1.0)}", with: $1.1) }
    }

    private static let database = "/api/v2/tenants/{tenant}/databases/{database}"
    private static let records = database + "/collections/{collection_id}"
    private static let record = """
        {"ids":["a"],"embeddings":[[1,2]],"documents":["d"],"uris":[null],
         "metadatas":[{"s":"x","n":1.5,"l":[true],"v":{"indices":[1],"values":[1]}}]}
        """
    private static let all = #"["documents","embeddings","metadatas","uris"]"#

    /// One of each, in an order that works.
    private static let session: [(HTTPMethod, String, String?)] = [
        (.GET, "/api/v2", nil), (.GET, "/api/v2/heartbeat", nil),
        (.GET, "/api/v2/healthcheck", nil), (.GET, "/api/v2/version", nil),
        (.GET, "/api/v2/pre-flight-checks", nil), (.GET, "/api/v2/auth/identity", nil),
        (.GET, "/openapi.json", nil), (.GET, "/api/v2/tenants/{tenant}", nil),
        (.GET, "/api/v2/tenants/{tenant}/limits", nil), (.GET, database + "/limits", nil),
        (.PATCH, "/api/v2/tenants/{tenant}", #"{"resource_name":"alpha-name"}"#),
        (.POST, "/api/v2/tenants/{tenant}/databases", #"{"name":"another"}"#),
        (.GET, "/api/v2/tenants/{tenant}/databases", nil), (.GET, database, nil),
        (.POST, database + "/collections", #"{"name":"more","metadata":{"k":1}}"#),
        (.POST, records + "/add", record), (.POST, records + "/upsert", record),
        (.POST, records + "/update", #"{"ids":["a"],"documents":["e"]}"#),
        (.POST, records + "/get", "{\"include\":\(all)}"),
        (.POST, records + "/query", #"{"query_embeddings":[[1,2]]}"#),
        (.POST, records + "/query", "{\"query_embeddings\":[[1,2]],\"include\":\(all)}"),
        (.POST, records + "/conditional/get", "{\"include\":\(all)}"),
        (
            .POST, records + "/conditional/commit",
            #"{"operations":[{"operation":"delete","payload":{"ids":["z"]}}]}"#
        ),
        (.GET, records + "/count", nil), (.GET, records + "/indexing_status", nil),
        (.POST, records + "/fork", #"{"new_name":"forked"}"#),
        (.GET, records + "/fork_count", nil), (.PUT, records, #"{"new_metadata":{"k":"v"}}"#),
        (.GET, database + "/collections", nil), (.GET, database + "/collections_count", nil),
        (.GET, database + "/collections/{collection_name}", nil),
        (.GET, database + "/collections/by-id/{collection_id}", nil),
        (.GET, "/api/v2/collections/{crn}", nil),
        (.POST, records + "/delete", #"{"ids":["a"]}"#),
        (.DELETE, database + "/collections/{collection_name}", nil), (.DELETE, database, nil),
    ]
}
