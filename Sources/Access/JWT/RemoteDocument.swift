import AsyncHTTPClient
import ChromaModel
import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix

/// Reads a small document of an identity provider, without being talked into reading something
/// else: HTTPS, no redirects, no address of this machine or its hypervisor, bounded in size and
/// time (OWASP API7). Private networks are allowed: that is where providers of companies are, and
/// only operators name URLs.
package struct RemoteDocument: Sendable {
    /// Seconds after which a read is given up, connecting included.
    static let timeoutSeconds: Int64 = 5
    /// Longest URL, in bytes.
    static let urlBytesMax = 2048

    let allowsInsecureURLs: Bool

    /// A checked URL.
    private struct Target: Sendable {
        let url: String
        let host: String
        let port: Int
    }

    /// Throws `invalidArgument` for a URL that is not to be read, whatever it resolves to.
    package static func check(_ url: String, allowsInsecureURLs: Bool) throws(ServiceError) {
        _ = try RemoteDocument(allowsInsecureURLs: allowsInsecureURLs).target(url)
    }

    private func target(_ text: String) throws(ServiceError) -> Target {
        guard text.utf8.count <= Self.urlBytesMax, let url = URL(string: text),
            let host = url.host, !host.isEmpty, url.user == nil, url.password == nil,
            url.fragment == nil
        else { throw .invalid("It is no URL of a host, or it has a user, password or fragment.") }
        let port: Int
        switch url.scheme?.lowercased() {
        case "https": port = 443
        case "http" where allowsInsecureURLs: port = 80
        default: throw .invalid("URLs of issuers and their keys begin with https://.")
        }
        return Target(url: text, host: Self.unbracketed(host), port: url.port ?? port)
    }

    /// The body of a 200 answer.
    func read(_ text: String) async throws -> [UInt8] {
        let target = try target(text)
        let address = try await address(of: target)
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: Self.configuration(target, address))
        do {
            let bytes = try await Self.get(target.url, with: client)
            try await client.shutdown()
            return bytes
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    /// Resolved once and checked; the connection is made to this very address.
    private func address(of target: Target) async throws -> String {
        let address = try await NIOThreadPool.singleton.runIfActive {
            try SocketAddress.makeAddressResolvingHost(target.host, port: target.port)
        }
        guard let text = address.ipAddress,
            allowsInsecureURLs || InternetAddress(text)?.isInternal == false
        else {
            throw ServiceError(
                .failedPrecondition,
                "The host of the issuer's keys resolves to an address of this machine or its link.")
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

    private static func get(_ url: String, with client: HTTPClient) async throws -> [UInt8] {
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask {
                var request = HTTPClientRequest(url: url)
                request.headers.add(name: "accept", value: "application/json")
                let response = try await client.execute(
                    request, timeout: .seconds(timeoutSeconds))
                guard response.status == .ok else {
                    throw ServiceError(
                        .failedPrecondition, "The provider answered \(response.status.code).")
                }
                let body = try await response.body.collect(upTo: JSONWebKeySet.bytesMax)
                return Array(body.readableBytesView)
            }
            // The client's own deadline ends with the head of an answer.
            group.addTask {
                try await Task.sleep(for: .seconds(timeoutSeconds))
                throw ServiceError(.deadlineExceeded, "The provider took too long to answer.")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? []
        }
    }

    private static func unbracketed(_ host: String) -> String {
        host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    }
}
