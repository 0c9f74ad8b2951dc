import HummingbirdCore
import HummingbirdTLS
import NIOCore
import NIOSSL

extension HTTPServerBuilder {
    /// Builds servers whose connections are guarded as `ClientChannel` does, inside TLS when
    /// there is a configuration for it.
    ///
    /// - Parameter idleTimeout: how long a connection may wait for its next request.
    package static func guarded(idleTimeout: TimeAmount, tls: TLSConfiguration?) -> Self {
        HTTPServerBuilder { responder in
            let channel = ClientChannel(idleTimeout: idleTimeout, responder: responder)
            guard let tls else { return channel }
            return try TLSChannel(channel, tlsConfiguration: tls)
        }
    }
}
