import NIOHTTP1
import Testing

@Suite("Paths and methods (protocol §1.1)")
struct PathTests {
    @Test("an unknown path is 404 with an empty body and no content type")
    func unknownPath() async throws {
        try await Installation.run { installation in
            let paths = [
                "/", "/nope", "/api", "/api/v2/", "/api/v2/heartbeat/", "/api/v2//heartbeat",
                "/api/v1", "/api/v1/", "/api/v2/nope", "/api/v2/%68eartbeat", "/docs/x",
                "/api/v2/tenants/alpha/databases//collections",
            ]
            for path in paths {
                let answer = try await installation.client.get(
                    path, token: installation.alphaToken)
                #expect(answer.status == 404, "\(path)")
                #expect(answer.body.isEmpty, "\(path)")
                #expect(answer.header("content-type") == nil)
                #expect(answer.header("chroma-trace-id")?.count == 32)
            }
        }
    }

    @Test("a wrong method is 405 with an empty body and says which methods there are")
    func wrongMethod() async throws {
        try await Installation.run { installation in
            let answer = try await installation.client.post("/api/v2/heartbeat", "{}")
            #expect(answer.status == 405)
            #expect(answer.body.isEmpty)
            #expect(answer.header("allow") == "GET,HEAD")
            let options = try await installation.client.send(.OPTIONS, "/api/v2/version")
            #expect(options.status == 405)
        }
    }

    @Test("HEAD answers as GET does, without the body")
    func head() async throws {
        try await Installation.run { installation in
            let get = try await installation.client.get("/api/v2/version")
            let head = try await installation.client.send(.HEAD, "/api/v2/version")
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
            #expect(head.header("content-length") == get.header("content-length"))
            #expect(head.header("content-type") == "application/json")
        }
    }

    @Test("every method below /api/v1/ is 410 and names version 2")
    func retiredAPI() async throws {
        try await Installation.run { installation in
            let methods: [HTTPMethod] = [.GET, .PUT, .PATCH, .DELETE, .OPTIONS, .POST]
            for method in methods {
                let answer = try await installation.client.send(method, "/api/v1/collections")
                #expect(answer.status == 410)
                #expect(
                    answer.body
                        == "{\"error\":\"Unimplemented\",\"message\":"
                        + "\"The v1 API is deprecated. Please use /v2 apis\"}")
            }
        }
    }

    @Test("query parameters that nobody asked for are ignored")
    func unknownParameters() async throws {
        try await Installation.run { installation in
            let answer = try await installation.client.get("/api/v2/version?tenant=x&%zz")
            #expect(answer.status == 200)
        }
    }
}
