import Access
import AsyncHTTPClient
import ChromaModel
import NIOCore
import NIOHTTP1

/// Sends to URLs that tenants' operators chose: HTTPS, and to public addresses alone.
package struct WebhookSender: Sendable {
    private static let timeoutSeconds: Int64 = 10
    /// Bytes of an answer that are read, only so that the connection ends well.
    private static let answerBytesMax = 16 << 10
    package static let signatureHeader = "Tessera-Signature"
    package static let idHeader = "Tessera-Event-Id"

    let allowsInternalAddresses: Bool

    /// - Parameter allowsInternalAddresses: for development: plain HTTP and any address.
    package init(allowsInternalAddresses: Bool) {
        self.allowsInternalAddresses = allowsInternalAddresses
    }

    /// Throws `invalidArgument` for a URL that is never sent to, whatever it resolves to.
    package func check(_ url: String) throws(ServiceError) { _ = try checked(url) }

    /// Throws unless the receiver answers with a 2xx.
    func post(
        _ body: [UInt8], to url: String, id: String, secret: WebhookSecret,
        atMilliseconds now: UInt64
    ) async throws {
        let url = try checked(url)
        let call = OutboundCall(
            timeoutSeconds: Self.timeoutSeconds, peer: "The receiver", reach: "a public address"
        ) { [allowsInternalAddresses] in allowsInternalAddresses || $0.isPublic }
        var request = HTTPClientRequest(url: url.text)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: Self.idHeader, value: id)
        request.headers.add(
            name: Self.signatureHeader,
            value: secret.signature(of: body, atSeconds: now / 1000))
        request.body = .bytes(ByteBuffer(bytes: body))
        try await call.send(request, to: url) { response in
            guard (200..<300).contains(response.status.code) else {
                throw ServiceError(
                    .failedPrecondition, "The receiver answered \(response.status.code).")
            }
            // A receiver that says more than that has received it all the same.
            _ = try? await response.body.collect(upTo: Self.answerBytesMax)
        }
    }

    private func checked(_ text: String) throws(ServiceError) -> OutboundURL {
        let url = try OutboundURL(
            text, allowsPlainHTTP: allowsInternalAddresses, subject: "webhook_url")
        if !allowsInternalAddresses, let address = url.address, !address.isPublic {
            throw .invalid("webhook_url must be at a public address.")
        }
        return url
    }
}
