import Access
import ChromaModel
import NIOHTTP1
import TestSupport
import Testing

@Suite("Quotas over HTTP (protocol §8.1)")
struct QuotaTests {
    private static let stem = Installation.collections(of: "alpha")

    private static func refusal(
        _ usage: UsageType, _ action: QuotaAction, _ current: Int, _ limit: Int
    ) -> String {
        Installation.refusal(
            "ChromaError",
            ServiceError.quotaExceeded(usage, for: action, current: current, limit: limit).message)
    }

    /// One request past a limit of 3 for every action that has one: what to ask, and what of.
    private static let excesses: [(QuotaAction, UsageType, String, String)] = [
        (.createCollection, .nameSizeBytes, "", #"{"name":"four"}"#),
        (.updateCollection, .nameSizeBytes, "/ID", #"{"new_name":"four"}"#),
        (
            .updateCollection, .metadataKeySizeBytes, "/ID", #"{"new_metadata":{"four":1}}"#
        ),
        (.forkCollection, .nameSizeBytes, "/ID/fork", #"{"new_name":"four"}"#),
        (
            .add, .numRecords, "/ID/add",
            #"{"ids":["1","2","3","4"],"embeddings":[[1],[1],[1],[1]]}"#
        ),
        (.update, .documentSizeBytes, "/ID/update", #"{"ids":["1"],"documents":["four"]}"#),
        (.upsert, .embeddingDimensions, "/ID/upsert", #"{"ids":["1"],"embeddings":[[1,2,3,4]]}"#),
        (.delete, .numRecords, "/ID/delete", #"{"ids":["1","2","3","4"]}"#),
        (.get, .numQueryIDs, "/ID/get", #"{"ids":["1","2","3","4"]}"#),
        (.query, .numResults, "/ID/query", #"{"query_embeddings":[[1]],"n_results":4}"#),
    ]

    @Test("each action is refused past a limit, before anything is done")
    func refusals() async throws {
        try await Installation.run { installation in
            let (client, token) = (installation.client, installation.alphaToken)
            let path = try await installation.makeCollection("one")
            for (action, usage, suffix, body) in Self.excesses {
                installation.directory.setLimit(usage, 3, of: installation.alpha)
                let target = suffix.isEmpty ? Self.stem : path + suffix.dropFirst(3)
                let isChange = suffix == "/ID"
                let answer = try await client.send(
                    isChange ? .PUT : .POST, target, body: body, token: token)
                #expect(answer.status == 422, "\(action)")
                #expect(answer.body == Self.refusal(usage, action, 4, 3))
                installation.directory.setLimit(usage, 1000, of: installation.alpha)
            }
            #expect(try await client.get(path + "/count", token: token).body == "0")
            let list = try await client.get(Self.stem, token: token)
            #expect(list.body.ranges(of: "\"id\"").count == 1)
        }
    }

    @Test("a database's name and number are limited")
    func databases() async throws {
        try await Installation.run { installation in
            let path = "/api/v2/tenants/alpha/databases"
            for (usage, limit, current) in [
                (UsageType.nameSizeBytes, 3, 4), (.numDatabases, 1, 2),
            ] {
                installation.directory.setLimit(usage, limit, of: installation.alpha)
                let answer = try await installation.client.post(
                    path, #"{"name":"four"}"#, token: installation.alphaToken)
                #expect(answer.status == 422)
                #expect(answer.body == Self.refusal(usage, .createDatabase, current, limit))
                installation.directory.setLimit(usage, 100, of: installation.alpha)
            }
        }
    }

    @Test("a get and a list of collections show at most as many as the limit, and say nothing")
    func caps() async throws {
        try await Installation.run { installation in
            let (client, token) = (installation.client, installation.alphaToken)
            let path = try await installation.makeCollection("one")
            for name in ["two", "three"] { _ = try await installation.makeCollection(name) }
            _ = try await client.post(
                path + "/add", #"{"ids":["1","2","3"],"embeddings":[[1],[1],[1]]}"#, token: token)
            installation.directory.setLimit(.limitValue, 2, of: installation.alpha)
            for body in [#"{}"#, #"{"limit":3}"#, #"{"limit":2}"#] {
                let got = try await client.post(path + "/get", body, token: token)
                #expect(got.body.contains(#""ids":["1","2"]"#), "\(got.body)")
            }
            let rest = try await client.post(path + "/get", #"{"offset":2}"#, token: token)
            #expect(rest.body.contains(#""ids":["3"]"#))
            for query in ["", "?limit=3", "?limit=2"] {
                let list = try await client.get(Self.stem + query, token: token)
                #expect(list.body.ranges(of: "\"tenant\"").count == 2)
            }
        }
    }

    @Test("a neighbour's and another database's limits are their own")
    func isolation() async throws {
        try await Installation.run { installation in
            let second = installation.directory.addDatabase(
                named: DatabaseName("second"), to: installation.alpha)
            installation.directory.setLimit(
                .nameSizeBytes, 3, of: installation.alpha, database: second.id)
            let body = #"{"name":"four"}"#
            for (tenant, database, token, status) in [
                ("alpha", "second", installation.alphaToken, UInt(422)),
                ("alpha", Installation.database, installation.alphaToken, 200),
                ("beta", Installation.database, installation.betaToken, 200),
            ] {
                let answer = try await installation.client.post(
                    Installation.collections(of: tenant, database), body, token: token)
                #expect(answer.status == status)
            }
        }
    }

    @Test("a tenant reads its own limits, and a database's, and where they come from")
    func limits() async throws {
        try await Installation.run { installation in
            let directory = installation.directory
            let second = directory.addDatabase(
                named: DatabaseName("second"), to: installation.alpha)
            directory.setPlan(.chromaCloud, of: installation.alpha)
            directory.setLimit(.numRecords, 500, of: installation.alpha)
            directory.setLimit(.numResults, 7, of: installation.alpha, database: second.id)
            let reader = directory.mintToken(role: .reader, tenant: installation.alpha)
            let ofTenant = try await installation.client.get(
                "/api/v2/tenants/alpha/limits", token: reader)
            #expect(ofTenant.status == 200)
            #expect(
                ofTenant.body.hasPrefix(
                    #"{"tenant":"alpha","database":null,"plan":"chroma-cloud","limits":["#))
            for usage in UsageType.allCases { #expect(ofTenant.body.contains(usage.rawValue)) }
            let ofDatabase = try await installation.client.get(
                "/api/v2/tenants/alpha/databases/second/limits", token: reader)
            for (answer, usage, limit) in [
                (ofTenant, UsageType.numRecords, #""limit":500,"source":"tenant_override"}"#),
                (ofTenant, .numResults, #""limit":300,"source":"plan"}"#),
                (ofDatabase, .numRecords, #""limit":500,"source":"tenant_override"}"#),
                (ofDatabase, .numResults, #""limit":7,"source":"database_override"}"#),
            ] {
                let expected =
                    #"{"usage_type":"\#(usage.rawValue)","display_name":"\#(usage.displayName)","#
                    + #""unit":"count",\#(limit)"#
                #expect(answer.body.contains(expected), "\(answer.body)")
            }
        }
    }
}
