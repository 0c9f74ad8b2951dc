import AsyncHTTPClient
import ChromaModel
import NIOCore
import NIOHTTP1

/// Reads a small document of an identity provider: HTTPS, no address of this machine or its
/// hypervisor, bounded in size. Private networks are allowed: that is where providers of companies
/// are, and only operators name URLs.
package struct RemoteDocument: Sendable {
    let allowsInsecureURLs: Bool
    var timeoutSeconds: Int64 = 5

    /// Throws `invalidArgument` for a URL that is not to be read, whatever it resolves to.
    package static func check(_ url: String, allowsInsecureURLs: Bool) throws(ServiceError) {
        _ = try RemoteDocument(allowsInsecureURLs: allowsInsecureURLs).url(url)
    }

    private func url(_ text: String) throws(ServiceError) -> OutboundURL {
        try OutboundURL(
            text, allowsPlainHTTP: allowsInsecureURLs, subject: "A URL of an issuer or its keys")
    }

    /// The body of a 200 answer.
    func read(_ text: String) async throws -> [UInt8] {
        let url = try url(text)
        let call = OutboundCall(
            timeoutSeconds: timeoutSeconds, peer: "The provider",
            reach: "an address outside of this machine and its link"
        ) { [allowsInsecureURLs] in allowsInsecureURLs || !$0.isInternal }
        var request = HTTPClientRequest(url: url.text)
        request.headers.add(name: "accept", value: "application/json")
        return try await call.send(request, to: url) { response in
            guard response.status == .ok else {
                throw ServiceError(
                    .failedPrecondition, "The provider answered \(response.status.code).")
            }
            let body = try await response.body.collect(upTo: JSONWebKeySet.bytesMax)
            return Array(body.readableBytesView)
        }
    }
}
