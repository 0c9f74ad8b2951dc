import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL

/// OTLP/HTTP with protobuf bodies.
final class HTTPSender: OTLPSender {
    /// Statuses after which the same request may be sent again (OTLP/HTTP, "Failures").
    private static let retryableStatuses: Set<UInt> = [429, 502, 503, 504]

    private let client: HTTPClient
    private let target: OTLPTarget

    init(_ target: OTLPTarget) {
        self.target = target
        var configuration = HTTPClient.Configuration()
        // Exports must not make spans of themselves.
        configuration.tracing.tracer = nil
        if let file = target.issuersFile {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(file)
            configuration.tlsConfiguration = tls
        }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func send(_ request: [UInt8]) async throws(OTLPRefusal) {
        let response: HTTPClientResponse
        do {
            response = try await client.execute(
                httpRequest(request), timeout: .milliseconds(Int64(target.timeoutMilliseconds)))
            // Else the connection could not be used again.
            _ = try await response.body.collect(upTo: 1 << 20)
        } catch {
            throw OTLPRefusal("\(type(of: error)): \(error)", isRetryable: true)
        }
        guard (200..<300).contains(response.status.code) else {
            throw OTLPRefusal(
                "status \(response.status.code)",
                isRetryable: Self.retryableStatuses.contains(response.status.code),
                retryAfterMilliseconds: response.headers.first(name: "retry-after")
                    .flatMap { Int($0) }.map { $0 * 1000 })
        }
    }

    private func httpRequest(_ body: [UInt8]) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: target.url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/x-protobuf")
        for (name, value) in target.headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(bytes: body))
        return request
    }

    func close() async { try? await client.shutdown() }
}
