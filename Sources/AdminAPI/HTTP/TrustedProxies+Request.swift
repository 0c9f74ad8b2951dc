import Access
import HTTPTypes
import Hummingbird

extension TrustedProxies {
    /// Where a request comes from.
    func client(of request: Request, _ context: AdminRequestContext) -> InternetAddress? {
        client(
            of: context.peer.flatMap { InternetAddress($0) },
            forwardedFor: request.headers[.forwardedFor])
    }
}
