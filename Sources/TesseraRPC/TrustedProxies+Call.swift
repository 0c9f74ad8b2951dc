import Access
import GRPCCore

extension TrustedProxies {
    /// Where a call comes from; nil when that has no address.
    package func client(of call: ServerContext, _ metadata: Metadata) -> InternetAddress? {
        client(
            of: call.peerAddress.flatMap { InternetAddress($0) },
            forwardedFor: metadata[stringValues: Self.field].joined(separator: ","))
    }
}
