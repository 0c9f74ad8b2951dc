import NIOHTTP1
import Testing

@Suite("Request bodies (protocol §1.1, §10)")
struct BodyTests {
    private static let path = "/api/v2/tenants/alpha/databases"

    @Test("a missing content type and every JSON dialect are JSON; others are 415")
    func mediaTypes() async throws {
        try await Installation.run { installation in
            let cases: [(String?, UInt)] = [
                (nil, 200), ("application/json", 200), ("Application/JSON; charset=utf-8", 200),
                ("application/vnd.api+json", 200), ("application/vnd.api+json;v=1", 200),
                ("text/plain", 415), ("application/xml", 415), ("application/jsonx", 415),
                ("text/vnd+json", 415), ("", 415),
            ]
            for (number, (type, status)) in cases.enumerated() {
                let answer = try await installation.client.send(
                    .POST, Self.path, body: "{\"name\":\"books\(number)\"}",
                    token: installation.alphaToken,
                    headers: type.map { [("content-type", $0)] } ?? [])
                #expect(answer.status == status, "\(type ?? "none")")
                guard status == 415 else { continue }
                #expect(
                    answer.body
                        == "{\"error\":\"ChromaError\",\"message\":"
                        + "\"Expected request with `Content-Type: application/json`\"}")
            }
        }
    }

    @Test("a chunked body is read whole")
    func chunked() async throws {
        try await Installation.run { installation in
            let answer = try await RawConnection.run(port: installation.client.port) {
                $0.send(
                    Self.head(installation, "transfer-encoding: chunked")
                        + "8\r\n{\"name\":\r\n5\r\n\"boo\"\r\n1\r\n}\r\n0\r\n\r\n")
                return $0.read { $0.hasSuffix("{}") }
            }
            #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test("a client that waits for 100 Continue is told to go on")
    func expectContinue() async throws {
        try await Installation.run { installation in
            let body = "{\"name\":\"books\"}"
            let answer = try await RawConnection.run(port: installation.client.port) {
                $0.send(
                    Self.head(
                        installation, "content-length: \(body.utf8.count)",
                        "expect: 100-continue"))
                let leave = $0.read { $0.hasSuffix("\r\n\r\n") }
                $0.send(body)
                return (leave, $0.read { $0.hasSuffix("{}") })
            }
            #expect(answer.0 == "HTTP/1.1 100 Continue\r\n\r\n")
            #expect(answer.1.hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test("a stranger who waits for 100 Continue is refused instead")
    func expectContinueRefused() async throws {
        try await Installation.run { installation in
            let answer = try await RawConnection.run(port: installation.client.port) {
                $0.send(
                    "POST \(Self.path) HTTP/1.1\r\nhost: h\r\ncontent-length: 9999999\r\n"
                        + "expect: 100-continue\r\n\r\n")
                return $0.readToEnd()
            }
            #expect(answer.hasPrefix("HTTP/1.1 401 Unauthorized"))
            #expect(answer.contains("Connection: close"))
        }
    }

    private static let tooLarge =
        "{\"error\":\"ChromaError\",\"message\":"
        + "\"Failed to buffer the request body: length limit exceeded\"}"

    @Test("a body that announces too much is 413 before it is sent")
    func announcedTooLarge() async throws {
        try await Installation.run(bodyBytesMax: 1000) { installation in
            let answer = try await RawConnection.run(port: installation.client.port) {
                $0.send(Self.head(installation, "content-length: 1001"))
                return $0.read { $0.hasSuffix("}") }
            }
            #expect(answer.hasPrefix("HTTP/1.1 413 "))
            #expect(answer.hasSuffix(Self.tooLarge))
        }
    }

    @Test("a chunked body that grows too large is 413, and the client gets to read it")
    func grownTooLarge() async throws {
        try await Installation.run(bodyBytesMax: 100_000) { installation in
            let answer = try await RawConnection.run(port: installation.client.port) {
                $0.send(Self.head(installation, "transfer-encoding: chunked"))
                let chunk = "2710\r\n" + String(repeating: " ", count: 10_000) + "\r\n"
                for _ in 0..<15 { $0.send(chunk) }
                $0.send("0\r\n\r\n")
                return $0.readToEnd()
            }
            #expect(answer.hasPrefix("HTTP/1.1 413 "))
            #expect(answer.contains("Connection: close"))
            #expect(answer.hasSuffix(Self.tooLarge))
        }
    }

    @Test("a client that sends all of too large a body still gets to read the answer")
    func largeBodySent() async throws {
        try await Installation.run(bodyBytesMax: 1_000_000) { installation in
            let answer = try await RawConnection.run(port: installation.client.port) {
                $0.send(Self.head(installation, "content-length: 1900000"))
                $0.send(String(repeating: " ", count: 1_900_000))
                return $0.readToEnd()
            }
            #expect(answer.hasPrefix("HTTP/1.1 413 "))
            #expect(answer.hasSuffix(Self.tooLarge))
        }
    }

    @Test("a body of exactly the limit is read")
    func exactlyTheLimit() async throws {
        try await Installation.run(bodyBytesMax: 100_000) { installation in
            let name = "{\"name\":\"books\"}"
            for (bytes, status) in [(100_000, UInt(200)), (100_001, 413)] {
                let padding = String(repeating: " ", count: bytes - name.utf8.count)
                let answer = try await installation.client.post(
                    Self.path, name + padding, token: installation.alphaToken)
                #expect(answer.status == status)
            }
        }
    }

    @Test("a small refused body keeps the connection, for the next request on it")
    func connectionIsKept() async throws {
        try await Installation.run { installation in
            let answer = try await RawConnection.run(port: installation.client.port) {
                $0.send(
                    "POST \(Self.path) HTTP/1.1\r\nhost: h\r\ncontent-length: 16\r\n\r\n"
                        + "{\"name\":\"books\"}"
                        + "GET /api/v2/version HTTP/1.1\r\nhost: h\r\n\r\n")
                return $0.read { $0.hasSuffix("\"1.0.0\"") }
            }
            #expect(answer.hasPrefix("HTTP/1.1 401 "))
            #expect(answer.hasSuffix("\"1.0.0\""))
        }
    }

    @Test("a body that ends before its announced length is never taken for whole")
    func truncated() async throws {
        try await Installation.run { installation in
            let answer = try await RawConnection.run(port: installation.client.port) {
                $0.send(Self.head(installation, "content-length: 100") + "{\"name\":\"books\"}")
                $0.finishSending()
                return $0.readToEnd()
            }
            #expect(!answer.contains(" 200 "))
            let shown = try await installation.client.get(
                Self.path + "/books", token: installation.alphaToken)
            #expect(shown.status == 404)
        }
    }

    @Test("what is not HTTP, or smuggles, is 400 and the connection is closed")
    func notHTTP() async throws {
        try await Installation.run { installation in
            let requests = [
                "nonsense\r\n\r\n",
                Self.head(installation, "content-length: 5", "content-length: 6") + "abcdef",
                Self.head(installation, "content-length: 5", "transfer-encoding: chunked")
                    + "0\r\n\r\n",
                Self.head(installation, "transfer-encoding: chunked") + "zz\r\n",
                "GET /api/v2/version HTTP/1.1\r\nhost : h\r\n\r\n",
            ]
            for request in requests {
                let answer = try await RawConnection.run(port: installation.client.port) {
                    $0.send(request)
                    return $0.readToEnd()
                }
                #expect(!answer.contains(" 200 "), "\(request)")
                #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400 "), "\(request)")
            }
        }
    }

    private static func head(_ installation: Installation, _ fields: String...) -> String {
        let all = ["host: h", "x-chroma-token: \(installation.alphaToken)"] + fields
        return "POST \(path) HTTP/1.1\r\n" + all.joined(separator: "\r\n") + "\r\n\r\n"
    }
}
