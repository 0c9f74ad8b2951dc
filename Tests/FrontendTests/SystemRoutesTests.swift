import Testing

@Suite("System routes")
struct SystemRoutesTests {
    @Test("both heartbeats answer anyone with nanoseconds")
    func heartbeat() async throws {
        try await Installation.run { installation in
            for path in ["/api/v2", "/api/v2/heartbeat"] {
                let answer = try await installation.client.get(path)
                #expect(answer.status == 200)
                #expect(answer.body.hasPrefix("{\"nanosecond heartbeat\":1"))
                #expect(answer.header("content-type") == "application/json")
            }
        }
    }

    @Test("health, version and pre-flight checks say what upstream says")
    func constants() async throws {
        try await Installation.run { installation in
            let expected = [
                "/healthcheck": "{\"is_executor_ready\":true,\"is_log_client_ready\":true}",
                "/version": "\"1.0.0\"",
                "/pre-flight-checks":
                    "{\"max_batch_size\":5461,\"supports_base64_encoding\":true}",
            ]
            for (path, body) in expected {
                let answer = try await installation.client.get("/api/v2" + path)
                #expect(answer.status == 200)
                #expect(answer.body == body)
            }
        }
    }
}
