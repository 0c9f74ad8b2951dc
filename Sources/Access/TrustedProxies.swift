import ChromaModel
import NIOCore

/// The proxies in front of the listeners, and so who a request's client is.
///
/// A proxy adds the address that it was called from to the end of `X-Forwarded-For`. So the field
/// is read from its end, through addresses of trusted proxies only: the first that is none of
/// theirs is the client's, and what stands before it is the client's own invention (CWE-290).
package struct TrustedProxies: Sendable, Equatable {
    /// The name of the field and of gRPC's metadata.
    package static let field = "x-forwarded-for"
    /// Nobody is believed.
    package static let none = TrustedProxies(ranges: [])

    private let ranges: [AddressRange]

    private init(ranges: [AddressRange]) { self.ranges = ranges }

    /// Reads ranges such as `10.0.0.0/8`.
    ///
    /// Throws `invalidArgument` for what is no range, and for all addresses of a family: then
    /// everyone could pass for anyone.
    package init(parsing texts: [String]) throws(ServiceError) {
        var ranges: [AddressRange] = []
        for text in texts {
            let range = try AddressRange(parsing: text)
            guard !range.isWholeFamily else {
                throw .invalid("\(text) trusts everyone; name the proxies' own addresses.")
            }
            ranges.append(range)
        }
        self.ranges = ranges
    }

    /// Whether the other end of a connection is one of them.
    package func contains(_ peer: SocketAddress?) -> Bool {
        guard !ranges.isEmpty, let address = peer.flatMap({ InternetAddress($0) }) else {
            return false
        }
        return trust(address)
    }

    /// The client of a request.
    ///
    /// - Parameters:
    ///   - peer: the other end of the connection; nil when it has no address.
    ///   - forwardedFor: all fields of `X-Forwarded-For`, in their order, joined by commas.
    package func client(of peer: InternetAddress?, forwardedFor: @autoclosure () -> String?)
        -> InternetAddress?
    {
        guard let peer else { return nil }
        var nearest = peer.unmapped
        guard trust(nearest), let hops = forwardedFor() else { return nearest }
        for hop in hops.split(separator: ",", omittingEmptySubsequences: false).reversed() {
            // What a trusted proxy says and nobody can read tells no more than that it was there.
            guard let address = InternetAddress(hop: hop) else { return nearest }
            nearest = address
            guard trust(nearest) else { return nearest }
        }
        return nearest
    }

    private func trust(_ address: InternetAddress) -> Bool {
        ranges.contains { $0.contains(address) }
    }
}
