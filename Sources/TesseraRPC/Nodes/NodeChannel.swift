import ChromaModel
import GRPCCore
import GRPCNIOTransportHTTP2
import ServiceLifecycle
import TransportSecurity

/// A connection to another process of the installation, made again whenever it is lost.
///
/// Run it in a `ServiceGroup`, below whatever calls through it. Calls fail with `unavailable` at
/// once while the other side can't be reached.
package final class NodeChannel: Service {
    package typealias Transport = HTTP2ClientTransport.Posix

    /// What calls go through.
    package let client: GRPCClient<Transport>

    /// - Parameters:
    ///   - role: what the other side's certificate must say it is.
    ///   - callSeconds: how long a call may take unless it says otherwise; nil: no bound.
    ///   - responseBytesMax: the most bytes that one response message may have.
    package init(
        to address: NodeAddress, role: NodeRole, certificate: NodeCertificate,
        callSeconds: Int?, responseBytesMax: Int
    ) throws {
        client = GRPCClient(
            transport: try Self.transport(
                to: address, role, certificate, callSeconds: callSeconds,
                responseBytesMax: responseBytesMax),
            interceptors: [ClientTracing()])
    }

    package func run() async throws {
        try await withGracefulShutdownHandler {
            try await client.runConnections()
        } onGracefulShutdown: { [client] in
            client.beginGracefulShutdown()
        }
    }

    /// As a channel's, for who wants to hang up and connect anew by its own rules.
    package static func transport(
        to address: NodeAddress, _ role: NodeRole, _ certificate: NodeCertificate,
        callSeconds: Int?, responseBytesMax: Int
    ) throws -> Transport {
        try Transport(
            target: address.target,
            transportSecurity: .mTLS(certificateReloader: certificate.own.reloader) {
                $0.trustRoots = .certificates([
                    .file(path: certificate.issuersFile, format: .pem)
                ])
            },
            config: .defaults {
                // The name in the handshake is the role's, whatever host has it.
                $0.http2.authority = role.certificateName
                $0.backoff = .init(
                    initial: .milliseconds(100), max: .seconds(1), multiplier: 1.6, jitter: 0.2)
                $0.connection.keepalive = .init(
                    time: .seconds(10), timeout: .seconds(5), allowWithoutCalls: true)
                $0.connection.flushCoalescing = nil
                $0.http2.targetWindowSize = NodeTraffic.windowBytes
                $0.http2.maxFrameSize = NodeTraffic.frameBytesMax
            },
            serviceConfig: ServiceConfig(methodConfig: [
                MethodConfig(
                    names: [MethodConfig.Name(service: "")], waitForReady: false,
                    timeout: callSeconds.map { .seconds($0) },
                    maxResponseMessageBytes: responseBytesMax)
            ]))
    }
}
