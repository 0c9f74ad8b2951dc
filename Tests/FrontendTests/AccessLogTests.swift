import Logging
import NIOHTTP1
import Synchronization
import TestSupport
import Testing

/// Keeps every line that is logged.
private final class LogBook: Sendable {
    private let lines = Mutex<[String]>([])
    var text: String { lines.withLock { $0.joined(separator: "\n") } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
}

private struct LogBookHandler: LogHandler {
    let book: LogBook
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        book.add("\(event.level) \(event.message) \(event.metadata ?? [:]) \(metadata)")
    }
}

@Suite("Access log")
struct AccessLogTests {
    @Test("a line names route, status, tenant and trace, never a token, document or query")
    func lines() async throws {
        let book = LogBook()
        let logger = Logger(label: "test") { _ in LogBookHandler(book: book) }
        try await Installation.run(logger: logger) { installation in
            let path = try await installation.makeCollection("books")
            let add = try await installation.client.post(
                path + "/add",
                "{\"ids\":[\"id-secret\"],\"embeddings\":[[0.123]],"
                    + "\"documents\":[\"doc-secret\"]}", token: installation.alphaToken)
            #expect(add.status == 201)
            _ = try await installation.client.get(
                path + "/count?token=query-secret", token: "wrong-secret")
            let id = add.header("x-request-id") ?? "none"
            let line = book.text.split(separator: "\n").first { $0.contains(id) }
            for part in ["{collection_id}/add", "201", "alpha", "POST", "micros"] {
                #expect(line?.contains(part) == true, "\(part)")
            }
            #expect(!book.text.contains("secret"))
            #expect(!book.text.contains(installation.alphaToken.suffix(49)))
        }
    }
}
