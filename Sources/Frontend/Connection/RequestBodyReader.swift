import ChromaModel
import HTTPServing
import HTTPTypes
import HummingbirdCore
import NIOCore

/// The client vanished, or sent something that is not HTTP, in the middle of its body.
struct ClientGone: Error {
    let cause: any Error
}

/// The body of one request on the wire: read once into a buffer, or thrown away.
struct RequestBodyReader {
    private var chunks: RequestBody.AsyncIterator
    private let channel: any Channel
    /// Bytes announced by `Content-Length`; nil when it is absent.
    private let bytesAnnounced: Int?
    private let isChunked: Bool
    /// Whether the client waits for leave to send the body (RFC 9110 §10.1.1).
    private var awaitsContinue: Bool
    private var isFinished: Bool

    init(_ request: Request, channel: any Channel) {
        chunks = request.body.makeAsyncIterator()
        self.channel = channel
        bytesAnnounced = request.headers.value(of: .contentLength).flatMap { Int($0) }
        isChunked = request.headers.value(of: .transferEncoding) != nil
        awaitsContinue =
            request.headers.value(of: .expect)?.lowercased()
            == "100-continue"
        isFinished = !isChunked && (bytesAnnounced ?? 0) == 0
    }

    /// Reads the whole body.
    ///
    /// Throws `payloadTooLarge`, before reading anything when the announced length says so.
    mutating func collect(upTo bytesMax: Int) async throws -> ByteBuffer {
        guard bytesAnnounced ?? 0 <= bytesMax else { throw Self.tooLarge }
        sendContinue()
        guard var body = try await next() else { return ByteBuffer() }
        guard body.readableBytes <= bytesMax else { throw Self.tooLarge }
        if let bytesAnnounced, bytesAnnounced > body.readableBytes {
            body.reserveCapacity(minimumWritableBytes: bytesAnnounced - body.readableBytes)
        }
        while var chunk = try await next() {
            guard body.readableBytes + chunk.readableBytes <= bytesMax else {
                throw Self.tooLarge
            }
            body.writeBuffer(&chunk)
        }
        return body
    }

    /// Whether the connection can serve another request once this one is answered: nothing of
    /// the body is left, or so little that reading it costs less than a new connection.
    var leavesConnectionUsable: Bool {
        if isFinished { return true }
        return !isChunked && !awaitsContinue && bytesAnnounced ?? 0 <= Self.skipBytesMax
    }

    /// Reads on without keeping anything, up to a bound, so that a client that sends everything
    /// before it listens gets to read its answer. `SlowClientHandler` watches its rate.
    mutating func discard(upTo bytesMax: Int) async throws {
        guard !awaitsContinue else { return }
        var bytes = 0
        while bytes < bytesMax, let chunk = try await next() { bytes += chunk.readableBytes }
    }

    /// Bytes of an unread body that are worth skipping to keep a connection.
    private static let skipBytesMax = 64 * 1024

    private mutating func sendContinue() {
        guard awaitsContinue, !isFinished else { return }
        awaitsContinue = false
        channel.triggerUserOutboundEvent(ContinueWanted(), promise: nil)
    }

    private mutating func next() async throws -> ByteBuffer? {
        guard !isFinished else { return nil }
        do {
            if let chunk = try await chunks.next() { return chunk }
            isFinished = true
            return nil
        } catch {
            throw ClientGone(cause: error)
        }
    }

    private static var tooLarge: ServiceError {
        ServiceError(
            .payloadTooLarge, "Failed to buffer the request body: length limit exceeded")
    }
}
