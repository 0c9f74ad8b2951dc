import NIOHTTP1
import Testing

@Suite("Trace ids")
struct TraceTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"

    @Test("every answer carries a request id, and errors a chroma-trace-id too")
    func ids() async throws {
        try await Installation.run { installation in
            let good = try await installation.client.get("/api/v2/version")
            #expect(good.header("x-request-id")?.count == 32)
            #expect(good.header("chroma-trace-id") == nil)
            #expect(good.header("date")?.hasSuffix(" GMT") == true)
            let bad = try await installation.client.get("/api/v2/auth/identity")
            #expect(bad.header("chroma-trace-id") == bad.header("x-request-id"))
            #expect(bad.header("x-request-id") != good.header("x-request-id"))
        }
    }

    @Test("a caller's trace is continued when its traceparent is valid")
    func traceparent() async throws {
        try await Installation.run { installation in
            let span = "00f067aa0ba902b7"
            let cases = [
                ("00-\(Self.trace)-\(span)-01", true), ("01-\(Self.trace)-\(span)-01-x", true),
                ("00-\(Self.trace)-\(span)-01-x", false), ("ff-\(Self.trace)-\(span)-01", false),
                ("00-\(Self.trace.uppercased())-\(span)-01", false),
                ("00-\(String(repeating: "0", count: 32))-\(span)-01", false),
                ("00-\(Self.trace)-0000000000000000-01", false), (Self.trace, false), ("", false),
            ]
            for (value, isValid) in cases {
                let answer = try await installation.client.send(
                    .GET, "/api/v2/version", headers: [("traceparent", value)])
                let id = answer.header("x-request-id")
                #expect((id == Self.trace) == isValid, "\(value)")
                #expect(id?.count == 32)
            }
        }
    }
}
