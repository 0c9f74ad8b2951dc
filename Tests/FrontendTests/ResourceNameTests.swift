import Access
import ChromaModel
import NIOHTTP1
import TestSupport
import Testing

@Suite("Collections by CRN (protocol §1.5.2)")
struct ResourceNameTests {
    private static let stem = "/api/v2/collections/"

    private static func name(_ tenant: String, _ token: String, _ client: Client) async throws {
        let answer = try await client.send(
            .PATCH, "/api/v2/tenants/\(tenant)", body: "{\"resource_name\":\"\(tenant)-name\"}",
            token: token)
        #expect(answer.status == 200)
    }

    @Test("a tenant finds its collections by its resource name, database and name")
    func found() async throws {
        try await Installation.run { installation in
            let (client, token) = (installation.client, installation.alphaToken)
            let path = try await installation.makeCollection("books")
            try await Self.name("alpha", token, client)
            for crn in ["alpha-name:shared_name:books", "alpha-name%3Ashared_name%3Abooks"] {
                let found = try await client.get(Self.stem + crn, token: token)
                #expect(found.status == 200)
                #expect(path.hasSuffix(try Installation.id(in: found)))
            }
        }
    }

    @Test("another tenant's CRN is answered as one of nobody's, and so is every missing part")
    func foreign() async throws {
        try await Installation.run { installation in
            let client = installation.client
            _ = try await installation.makeCollection("books")
            try await Self.name("alpha", installation.alphaToken, client)
            try await Self.name("beta", installation.betaToken, client)
            for (crn, token) in [
                ("alpha-name:shared_name:books", installation.betaToken),
                ("nobody:shared_name:books", installation.betaToken),
                ("alpha-name:nowhere:books", installation.alphaToken),
                ("alpha-name:shared_name:nothing", installation.alphaToken),
                ("alpha:shared_name:books", installation.alphaToken),
            ] {
                let answer = try await client.get(Self.stem + crn, token: token)
                #expect(answer.status == 404, "\(crn)")
                #expect(
                    answer.body
                        == Installation.refusal(
                            "NotFoundError", "Collection [\(crn)] does not exist"))
            }
            let other = installation.directory.mintToken(
                role: .admin, tenant: installation.alpha, databases: [DatabaseName("another")])
            let beyond = try await client.get(
                Self.stem + "alpha-name:shared_name:books", token: other)
            #expect(beyond.status == 404)
        }
    }

    @Test("a CRN has three parts")
    func malformed() async throws {
        try await Installation.run { installation in
            for crn in ["books", "a:b", "a:b:c:d", "a::c", ":b:c", "a:b:"] {
                let answer = try await installation.client.get(
                    Self.stem + crn, token: installation.alphaToken)
                #expect(answer.status == 400, "\(crn)")
                #expect(answer.body.contains("InvalidArgumentError"))
            }
        }
    }
}
