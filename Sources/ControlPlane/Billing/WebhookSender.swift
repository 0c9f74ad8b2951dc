import Access
import AsyncHTTPClient
import ChromaModel
import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix

/// Sends to URLs that tenants' operators chose, without being talked into sending elsewhere: to
/// public addresses only, and to the very address that was checked; HTTPS; no redirects; bounded
/// in size and time (OWASP API7).
package struct WebhookSender: Sendable {
    /// Seconds after which a sending is given up, connecting included.
    static let timeoutSeconds: Int64 = 10
    /// Bytes of an answer that are read, only so that the connection ends well.
    private static let answerBytesMax = 16 << 10
    private static let urlBytesMax = 2048
    package static let signatureHeader = "Tessera-Signature"
    package static let idHeader = "Tessera-Event-Id"

    let allowsInternalAddresses: Bool

    /// - Parameter allowsInternalAddresses: for development: plain HTTP and any address.
    package init(allowsInternalAddresses: Bool) {
        self.allowsInternalAddresses = allowsInternalAddresses
    }

    private struct Target: Sendable {
        let url: String
        let host: String
        let port: Int
    }

    /// Throws `invalidArgument` for a URL that is never sent to, whatever it resolves to.
    package func check(_ url: String) throws(ServiceError) { _ = try target(url) }

    /// Throws unless the receiver answers with a 2xx.
    func post(
        _ body: [UInt8], to url: String, id: String, secret: WebhookSecret,
        atMilliseconds now: UInt64
    ) async throws {
        let target = try target(url)
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: Self.configuration(target, try await address(of: target)))
        var request = HTTPClientRequest(url: target.url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: Self.idHeader, value: id)
        request.headers.add(
            name: Self.signatureHeader,
            value: secret.signature(of: body, atSeconds: now / 1000))
        request.body = .bytes(ByteBuffer(bytes: body))
        do {
            try await Self.execute(request, with: client)
            try await client.shutdown()
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private func target(_ text: String) throws(ServiceError) -> Target {
        guard text.utf8.count <= Self.urlBytesMax, let url = URL(string: text),
            let host = url.host, !host.isEmpty, url.user == nil, url.password == nil,
            url.fragment == nil
        else {
            throw .invalid("webhook_url is no URL of a host, or has a user, password or fragment.")
        }
        let port: Int
        switch url.scheme?.lowercased() {
        case "https": port = 443
        case "http" where allowsInternalAddresses: port = 80
        default: throw .invalid("webhook_url begins with https://.")
        }
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        let bare = isBracketed ? String(host.dropFirst().dropLast()) : host
        if !allowsInternalAddresses, let address = InternetAddress(bare), !address.isPublic {
            throw .invalid("webhook_url must be at a public address.")
        }
        return Target(url: text, host: bare, port: url.port ?? port)
    }

    /// Resolved once and checked; the connection is made to this very address.
    private func address(of target: Target) async throws -> String {
        let address = try await NIOThreadPool.singleton.runIfActive {
            try SocketAddress.makeAddressResolvingHost(target.host, port: target.port)
        }
        guard let text = address.ipAddress,
            allowsInternalAddresses || InternetAddress(text)?.isPublic == true
        else {
            throw ServiceError(
                .failedPrecondition, "The webhook's host does not resolve to a public address.")
        }
        return text
    }

    private static func configuration(_ target: Target, _ address: String)
        -> HTTPClient.Configuration
    {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(timeoutSeconds), read: .seconds(timeoutSeconds)))
        configuration.dnsOverride = [target.host: address]
        configuration.httpVersion = .http1Only
        return configuration
    }

    private static func execute(_ request: HTTPClientRequest, with client: HTTPClient) async throws
    {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let response = try await client.execute(
                    request, timeout: .seconds(timeoutSeconds))
                guard (200..<300).contains(response.status.code) else {
                    throw ServiceError(
                        .failedPrecondition, "The receiver answered \(response.status.code).")
                }
                // A receiver that says more than that has received it all the same.
                _ = try? await response.body.collect(upTo: answerBytesMax)
            }
            // The client's own deadline ends with the head of an answer.
            group.addTask {
                try await Task.sleep(for: .seconds(timeoutSeconds))
                throw ServiceError(.deadlineExceeded, "The receiver took too long to answer.")
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
