import HummingbirdCore
import HummingbirdTLS
import NIOCore
import NIOSSL

extension HTTPServerBuilder {
    /// Builds servers whose connections are guarded as `ClientChannel` does, inside TLS when
    /// there is a configuration for it.
    ///
    /// - Parameters:
    ///   - idleTimeout: how long a connection may wait for its next request.
    ///   - connections: how many there may be; further ones are closed.
    package static func guarded(
        idleTimeout: TimeAmount, connections: ConnectionCensus.Limits, tls: TLSConfiguration?
    ) -> Self {
        let census = ConnectionCensus(connections)
        return HTTPServerBuilder { responder in
            let channel = ClientChannel(
                idleTimeout: idleTimeout, census: census, responder: responder)
            guard let tls else { return channel }
            return try TLSChannel(channel, tlsConfiguration: tls)
        }
    }
}
