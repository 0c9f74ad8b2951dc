import AsyncHTTPClient
import ChromaModel
import NIOCore
import NIOPosix

/// Calls a URL that a person chose, without being talked into calling somewhere else: the host is
/// resolved once and the address checked, the connection is made to this very address, redirects
/// are not followed, and the time is bounded (OWASP API7).
package struct OutboundCall: Sendable {
    private let timeoutSeconds: Int64
    private let peer: String
    private let reach: String
    private let allows: @Sendable (InternetAddress) -> Bool

    /// - Parameters:
    ///   - timeoutSeconds: after which it is given up, connecting included.
    ///   - peer: what messages call the other end, such as "The receiver".
    ///   - reach: what its address must be, such as "a public address".
    ///   - allows: whether an address is such.
    package init(
        timeoutSeconds: Int64, peer: String, reach: String,
        allowing allows: @escaping @Sendable (InternetAddress) -> Bool
    ) {
        self.timeoutSeconds = timeoutSeconds
        self.peer = peer
        self.reach = reach
        self.allows = allows
    }

    /// Sends a request to the URL that it names.
    ///
    /// - Parameter read: takes the answer, whose body it bounds.
    /// - Throws: `failedPrecondition` for an address that isn't allowed, `deadlineExceeded`, an
    ///   error of the client, and what `read` throws.
    package func send<Answer: Sendable>(
        _ request: HTTPClientRequest, to url: OutboundURL,
        _ read: @escaping @Sendable (HTTPClientResponse) async throws -> Answer
    ) async throws -> Answer {
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: configuration(url, try await address(of: url)))
        do {
            let answer = try await execute(request, with: client, read)
            try await client.shutdown()
            return answer
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private func address(of url: OutboundURL) async throws -> String {
        let address = try await NIOThreadPool.singleton.runIfActive {
            try SocketAddress.makeAddressResolvingHost(url.host, port: url.port)
        }
        guard let text = address.ipAddress, let parsed = InternetAddress(text), allows(parsed)
        else {
            throw ServiceError(
                .failedPrecondition, "\(peer)'s host does not resolve to \(reach).")
        }
        return text
    }

    private func configuration(_ url: OutboundURL, _ address: String) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(timeoutSeconds), read: .seconds(timeoutSeconds)))
        configuration.dnsOverride = [url.host: address]
        configuration.httpVersion = .http1Only
        return configuration
    }

    private func execute<Answer: Sendable>(
        _ request: HTTPClientRequest, with client: HTTPClient,
        _ read: @escaping @Sendable (HTTPClientResponse) async throws -> Answer
    ) async throws -> Answer {
        let late = ServiceError(.deadlineExceeded, "\(peer) took too long to answer.")
        return try await withThrowingTaskGroup(of: Answer.self) { group in
            group.addTask {
                try await read(
                    try await client.execute(request, timeout: .seconds(timeoutSeconds)))
            }
            // The client's own deadline ends with the head of an answer.
            group.addTask {
                try await Task.sleep(for: .seconds(timeoutSeconds))
                throw late
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw late }
            return answer
        }
    }
}
