import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import TestSupport

/// An HTTP answer, whole.
struct Answer: Sendable, Equatable {
    let status: UInt
    let headers: HTTPHeaders
    let body: String

    func header(_ name: String) -> String? { headers.first(name: name) }
}

/// A plain HTTP client of one server.
struct Client: Sendable {
    let port: Int

    func get(_ path: String, token: String? = nil) async throws -> Answer {
        try await send(.GET, path, token: token)
    }

    func post(_ path: String, _ body: String, token: String? = nil) async throws -> Answer {
        try await send(.POST, path, body: body, token: token)
    }

    /// - Parameter token: sent as `x-chroma-token`.
    func send(
        _ method: HTTPMethod, _ path: String, body: String? = nil, token: String? = nil,
        headers: [(String, String)] = []
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = method
        request.headers = HTTPHeaders(headers)
        if let token { request.headers.add(name: "x-chroma-token", value: token) }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await HTTPClient.shared.execute(
            request, timeout: .seconds(Patience.seconds))
        let bytes = try await response.body.collect(upTo: 64 * 1024 * 1024)
        return Answer(
            status: response.status.code, headers: response.headers,
            body: String(buffer: bytes))
    }
}
