import Dispatch
import Glibc
import NIOPosix
import TestSupport

/// A TCP connection that sends exactly the bytes a test says, for what no HTTP client would send.
struct RawConnection: Sendable {
    struct Failure: Error {
        let call: String
        let code: Int32
    }

    private let socket: Int32

    /// Connects, hands the connection to `body` on a thread of its own, and closes it.
    static func run<Result: Sendable>(
        port: Int, _ body: @escaping @Sendable (RawConnection) throws -> Result
    ) async throws -> Result {
        try await NIOThreadPool.singleton.runIfActive {
            let connection = try RawConnection(port: port)
            defer { close(connection.socket) }
            return try body(connection)
        }
    }

    private init(port: Int) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw Failure(call: "socket", code: errno) }
        var limit = timeval(tv_sec: Int(Patience.seconds), tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure(call: "connect", code: errno) }
    }

    /// Sends everything; false when the server has closed the connection.
    @discardableResult
    func send(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }

    func finishSending() { shutdown(socket, Int32(SHUT_WR)) }

    /// Reads until the text so far satisfies `condition` or the server closes the connection.
    func read(until condition: (String) -> Bool) -> String {
        readBytes { condition(String(decoding: $0, as: UTF8.self)) }
    }

    private func readBytes(until condition: ([UInt8]) -> Bool) -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while !condition(bytes) {
            let count = recv(socket, &chunk, chunk.count, 0)
            guard count > 0 else { break }
            bytes += chunk[0..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Blocks this thread until the stream ends.
    func wait(for stream: AsyncStream<Void>) {
        let ended = DispatchSemaphore(value: 0)
        Task {
            for await _ in stream {}
            ended.signal()
        }
        ended.wait()
    }

    /// Reads until the server closes the connection.
    func readToEnd() -> String { readBytes { _ in false } }
}
