import ChromaModel
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOEmbedded
import Platform
import Synchronization
import Testing

@testable import Frontend

@Suite("Errors on the wire (protocol §1.1.1)")
struct ErrorTests {
    @Test("every code has upstream's status and name")
    func table() {
        let expected: [ServiceError.Code: (Int, String)] = [
            .invalidArgument: (400, "InvalidArgumentError"), .notFound: (404, "NotFoundError"),
            .internalError: (500, "InternalError"),
            .versionMismatch: (500, "VersionMismatchError"),
            .alreadyExists: (409, "ChromaError"), .permissionDenied: (403, "ChromaError"),
            .unauthenticated: (401, "ChromaError"), .resourceExhausted: (429, "ChromaError"),
            .failedPrecondition: (412, "ChromaError"), .unprocessable: (422, "ChromaError"),
            .unimplemented: (501, "ChromaError"), .unavailable: (503, "ChromaError"),
            .deadlineExceeded: (504, "ChromaError"), .aborted: (400, "ChromaError"),
            .unsupportedMediaType: (415, "ChromaError"), .payloadTooLarge: (413, "ChromaError"),
            .insufficientStorage: (507, "ChromaError"),
            .writeConflict: (409, "ConditionalWriteConflictError"),
            .staleRead: (412, "StaleReadError"),
        ]
        for code in ServiceError.Code.allCases {
            #expect(code.status.code == expected[code]?.0, "\(code)")
            #expect(code.wireName == expected[code]?.1, "\(code)")
        }
    }

    @Test("what passes by itself says when to try again", arguments: ServiceError.Code.allCases)
    func retryAfter(code: ServiceError.Code) {
        let encoder = EncodeStage(cpuPool: CPUPool(threadCount: 1), date: Self.date)
        let head = HTTPRequest(method: .post, scheme: "http", authority: "h", path: "/")
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
        let context = RequestContext(
            head: head, body: RequestBodyReader(request, channel: EmbeddedChannel()),
            client: nil, acceptedAt: 0)
        let response = encoder.encode(ServiceError(code, "for a test"), for: context)
        let passes: Set<Int> = [429, 503, 507]
        let seconds = response.headers[.retryAfter].flatMap { Int($0) }
        #expect((seconds.map { $0 > 0 } ?? false) == passes.contains(code.status.code))
    }

    private final class Text: Sendable {
        let value = Mutex("")
    }

    private struct BodyCollector: ResponseBodyWriter {
        let text: Text
        func write(_ buffer: ByteBuffer) { text.value.withLock { $0 += String(buffer: buffer) } }
        consuming func finish(_ trailers: HTTPFields?) {}
    }

    private struct Unforeseen: Error {
        let secret = "/var/lib/secret"
    }

    @Test("what went wrong inside the server is not told to the client")
    func internalErrors() async throws {
        let encoder = EncodeStage(cpuPool: CPUPool(threadCount: 1), date: Self.date)
        let head = HTTPRequest(method: .get, scheme: "http", authority: "h", path: "/")
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
        let context = RequestContext(
            head: head, body: RequestBodyReader(request, channel: EmbeddedChannel()),
            client: nil, acceptedAt: 0)
        let errors: [any Error] = [
            Unforeseen(), ServiceError(.internalError, "secret", cause: Unforeseen()),
        ]
        for error in errors {
            let response = encoder.encode(error, for: context)
            #expect(response.status == .internalServerError)
            let body = Text()
            try await response.body.write(BodyCollector(text: body))
            #expect(body.value.withLock { $0 } == Self.masked)
        }
    }

    private static let masked =
        "{\"error\":\"InternalError\",\"message\":\"The request failed inside the server. "
        + "Quote its x-request-id to the operator.\"}"

    private static var date: HTTPDate { HTTPDate(time: SystemTimeSource()) }

    @Test("the date field is an IMF-fixdate")
    func date() {
        struct Fixed: TimeSource {
            func unixNanoseconds() -> UInt64 { 784_111_777_000_000_000 }
            func monotonicNanoseconds() -> UInt64 { 0 }
        }
        // The example of RFC 9110 §5.6.7.
        #expect(HTTPDate(time: Fixed()).text == "Sun, 06 Nov 1994 08:49:37 GMT")
    }
}
