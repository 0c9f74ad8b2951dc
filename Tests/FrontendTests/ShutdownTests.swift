import ChromaModel
import NIOHTTP1
import TestSupport
import Testing

@Suite("Answers are never cut short", .timeLimit(.minutes(Patience.minutes)))
struct ShutdownTests {
    /// Bytes of answer that no socket buffer holds.
    private static let metadataBytes = 24 * 1024 * 1024

    /// Makes a collection whose description is large; the path that shows it.
    private static func makeLargeAnswer(_ installation: Installation) async throws -> String {
        let text = String(repeating: "x", count: metadataBytes)
        installation.directory.setLimit(
            .collectionMetadataValueSizeBytes, metadataBytes, of: installation.alpha)
        _ = try await installation.makeCollection("books", ",\"metadata\":{\"k\":\"\(text)\"}")
        return Installation.collections(of: "alpha") + "/books"
    }

    private static func request(
        _ path: String, _ installation: Installation, _ fields: String = ""
    ) -> String {
        "GET \(path) HTTP/1.1\r\nhost: h\r\nx-chroma-token: \(installation.alphaToken)\r\n"
            + fields + "\r\n"
    }

    /// Whether an answer's body is as long as its head says.
    private static func isWhole(_ answer: String) -> Bool {
        let lines = answer.split(separator: "\r\n", maxSplits: 20)
        let name = "content-length: "
        let announced = lines.first { $0.lowercased().hasPrefix(name) }?.dropFirst(name.count)
        let end = answer.utf8.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound
        guard let end, let announced = announced.flatMap({ Int($0) }) else { return false }
        return announced > metadataBytes && answer.utf8[end...].count == announced
    }

    @Test("a graceful shutdown still sends a slow reader all that it began to send")
    func gracefulShutdown() async throws {
        try await Installation.run { installation in
            let path = try await Self.makeLargeAnswer(installation)
            let (began, begins) = AsyncStream.makeStream(of: Void.self)
            let (stopped, stops) = AsyncStream.makeStream(of: Void.self)
            async let answer = RawConnection.run(port: installation.client.port) { connection in
                connection.send(Self.request(path, installation))
                let start = connection.read { $0.contains("\r\n\r\n") }
                begins.finish()
                connection.wait(for: stopped)
                return start + connection.readToEnd()
            }
            for await _ in began {}
            await installation.shutDown()
            stops.finish()
            #expect(Self.isWhole(try await answer))
        }
    }

    @Test("a connection that ends with its answer sends all of it first")
    func lastAnswer() async throws {
        try await Installation.run { installation in
            let path = try await Self.makeLargeAnswer(installation)
            // A body of unknown length that nobody wants ends the connection.
            let answer = try await RawConnection.run(port: installation.client.port) {
                $0.send(
                    Self.request(path, installation, "transfer-encoding: chunked\r\n")
                        + "0\r\n\r\n")
                return $0.readToEnd()
            }
            #expect(answer.contains("Connection: close"))
            #expect(Self.isWhole(answer))
        }
    }
}
