/// An answer that is made while it is sent: a file of its own kind.
struct ByteStream: Sendable {
    typealias Sink = ([UInt8]) async throws -> Void

    /// As HTTP calls it.
    let contentType: String
    /// Gives all bytes to the sink, in order. The sink returns when the receiver can take more.
    let produce: @Sendable (_ sink: Sink) async throws -> Void

    /// - Parameter bytes: the whole answer.
    init(contentType: String, bytes: [UInt8]) {
        self.init(contentType: contentType) { sink in
            for start in stride(from: 0, to: bytes.count, by: Self.partBytes) {
                try await sink(Array(bytes[start..<min(start + Self.partBytes, bytes.count)]))
            }
        }
    }

    init(contentType: String, _ produce: @escaping @Sendable (_ sink: Sink) async throws -> Void) {
        self.contentType = contentType
        self.produce = produce
    }

    /// What is sent at once.
    static let partBytes = 64 << 10
}

/// What a method answers over HTTP.
enum AdminAnswer: Sendable {
    case json([UInt8])
    case stream(ByteStream)
}
