import TestSupport
import Testing

@Suite("Access after a slow body", .timeLimit(.minutes(Patience.minutes)))
struct SlowBodyTests {
    @Test(
        "a token revoked while a body is on its way writes nothing, unless it came quickly",
        arguments: [(6, true, "401"), (6, false, "200"), (1, true, "200")])
    func revocation(seconds: UInt64, isRevoked: Bool, status: String) async throws {
        let clock = ManualTimeSource()
        try await Installation.run(time: clock) { installation in
            let body = #"{"name":"books"}"#
            let token = installation.alphaToken
            let answer = try await RawConnection.run(port: installation.client.port) {
                $0.send(
                    "POST \(Installation.collections(of: "alpha")) HTTP/1.1\r\nhost: h\r\n"
                        + "x-chroma-token: \(token)\r\nexpect: 100-continue\r\n"
                        + "content-length: \(body.utf8.count)\r\n\r\n")
                // Access was granted once the server asks for the body.
                _ = $0.read { $0.contains("100 Continue\r\n\r\n") }
                clock.advance(seconds: seconds)
                if isRevoked { installation.directory.revoke(token) }
                $0.send(body)
                return $0.read { $0.contains("\r\n\r\n") }
            }
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
        }
    }
}
