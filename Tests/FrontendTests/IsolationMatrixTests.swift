import Access
import ChromaModel
import HTTPTypes
import NIOHTTP1
import Platform
import TestSupport
import Testing

@testable import Frontend

/// Every route × every way of not being allowed. A route that is added to the table is in the
/// matrix without further ado.
@Suite("Isolation")
struct IsolationMatrixTests {
    /// The real table; its routes are only read here, never run.
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

    private static let random = "6c1b1d4e-3f6a-4a5e-9f0e-0d9d8b7a6c5d"

    private static func path(
        of route: Route, tenant: String, database: String = Installation.database,
        collection: String = random
    ) -> String {
        var path = route.template.description
        for (name, value) in [
            ("tenant", tenant), ("database", database), ("collection_id", collection),
            ("collection_name", "books"), ("crn", "\(tenant):\(database):books"),
        ] { path = path.replacing("{\(name)}", with: value) }
        return path
    }

    /// A body that the route would take.
    private static func body(of route: Route) -> String? {
        guard route.body == .json else { return nil }
        let path = route.template.description
        if path.hasSuffix("/query") { return "{\"query_embeddings\":[[1]]}" }
        if path.hasSuffix("/conditional/commit") { return "{\"operations\":[]}" }
        let writes = ["/add", "/upsert", "/update"]
        if writes.contains(where: path.hasSuffix) {
            return "{\"ids\":[\"x\"],\"embeddings\":[[1]]}"
        }
        if path.hasSuffix("/fork") { return "{\"new_name\":\"made_by_matrix\"}" }
        if route.method == .patch { return "{\"resource_name\":\"r\"}" }
        let isData = route.method == .put || path.contains("{collection_id}")
        return isData ? "{}" : "{\"name\":\"made_by_matrix\"}"
    }

    private static func ask(
        _ installation: Installation, _ route: Route, _ path: String, token: String?
    ) async throws -> Answer {
        try await installation.client.send(
            HTTPMethod(rawValue: route.method.rawValue), path, body: body(of: route),
            token: token)
    }

    private static let denied = Installation.refusal("ChromaError", "Permission denied.")

    @Test("without a valid credential every route but the open ones is 401, always the same")
    func strangers() async throws {
        let table = try Self.table()
        try await Installation.run { installation in
            let wrong = MemoryDirectory(
                engines: installation.engine,
                peppers: try Peppers([Pepper(version: 1, key: Array(repeating: 8, count: 32))]),
                random: SystemRandomSource()
            ).mintToken(role: .admin, tenant: installation.alpha)
            for route in table.routes {
                let path = Self.path(of: route, tenant: "alpha")
                for token in [nil, "malformed", wrong] {
                    let answer = try await Self.ask(installation, route, path, token: token)
                    let place = "\(route.method) \(route.template)"
                    guard !route.endpoint.isOpen else {
                        // The client follows the one redirection there is.
                        #expect(answer.status == 200, "\(place)")
                        continue
                    }
                    #expect(answer.status == 401, "\(place)")
                    #expect(answer.body == Self.denied, "\(place)")
                }
            }
        }
    }

    @Test("another tenant's token gets 403 on every path of a tenant, existing or not")
    func otherTenant() async throws {
        let table = try Self.table()
        try await Installation.run { installation in
            let id = String(try await installation.makeCollection("books").suffix(36))
            for route in table.routes where route.template.parameters.contains(.tenant) {
                for role in Role.allCases where role != .operator {
                    let token = installation.directory.mintToken(
                        role: role, tenant: installation.beta)
                    for (tenant, collection) in [
                        ("alpha", id), ("alpha", Self.random), ("nobody", id), ("alph%61", id),
                        ("ALPHA", id),
                    ] {
                        let path = Self.path(of: route, tenant: tenant, collection: collection)
                        let answer = try await Self.ask(
                            installation, route, path, token: token)
                        #expect(answer.status == 403, "\(route.method) \(path)")
                        #expect(answer.body == Self.denied)
                    }
                }
            }
            let survivor = try await installation.client.get(
                Installation.collections(of: "alpha") + "/books", token: installation.alphaToken)
            #expect(survivor.status == 200)
        }
    }

    @Test("a foreign collection's id is answered exactly as a random one, on every data route")
    func foreignID() async throws {
        let table = try Self.table()
        try await Installation.run { installation in
            installation.directory.addDatabase(
                named: DatabaseName("second"), to: installation.alpha)
            let foreign = String(try await installation.makeCollection("books").suffix(36))
            // The other tenant, another database of the same tenant, and one that isn't there.
            let places = [
                ("beta", Installation.database, installation.betaToken),
                ("alpha", "second", installation.alphaToken),
                ("alpha", "nowhere", installation.alphaToken),
            ]
            for route in table.routes where route.template.parameters.contains(.collectionID) {
                for (tenant, database, token) in places {
                    var answers: [Answer] = []
                    for id in [foreign, Self.random] {
                        let path = Self.path(
                            of: route, tenant: tenant, database: database, collection: id)
                        answers.append(
                            try await Self.ask(installation, route, path, token: token))
                    }
                    let place = "\(route.method) \(route.template) in \(tenant)/\(database)"
                    #expect(answers[0].status == 404, "\(place)")
                    #expect(
                        answers[0].body.replacing(foreign, with: Self.random)
                            == answers[1].body, "\(place)")
                    #expect(
                        Self.comparable(answers[0].headers) == Self.comparable(answers[1].headers),
                        "\(place)")
                }
            }
        }
    }

    /// All header fields but those that differ between any two requests.
    private static func comparable(_ headers: HTTPHeaders) -> [String] {
        let perRequest = ["date", "x-request-id", "chroma-trace-id"]
        return headers.filter { !perRequest.contains($0.name.lowercased()) }
            .map { "\($0.name): \($0.value)" }
    }

    @Test("an operator reads and writes no tenant's data")
    func operatorHasNoData() async throws {
        let table = try Self.table()
        try await Installation.run { installation in
            let id = String(try await installation.makeCollection("books").suffix(36))
            for route in table.routes {
                guard let action = route.endpoint.action, !Role.operator.allows(action) else {
                    continue
                }
                let path = Self.path(of: route, tenant: "alpha", collection: id)
                let answer = try await Self.ask(
                    installation, route, path, token: installation.operatorToken)
                #expect(answer.status == 403, "\(route.method) \(path)")
            }
        }
    }

    @Test("a reader's token changes nothing")
    func reader() async throws {
        let table = try Self.table()
        try await Installation.run { installation in
            let id = String(try await installation.makeCollection("books").suffix(36))
            let token = installation.directory.mintToken(
                role: .reader, tenant: installation.alpha)
            for route in table.routes {
                guard let action = route.endpoint.action else { continue }
                let path = Self.path(of: route, tenant: "alpha", collection: id)
                let answer = try await Self.ask(installation, route, path, token: token)
                let isAllowed = Role.reader.allows(action)
                #expect((answer.status == 403) != isAllowed, "\(route.method) \(path)")
            }
        }
    }
}
