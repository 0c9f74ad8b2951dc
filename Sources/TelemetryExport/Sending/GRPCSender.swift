import ChromaModel
import FoundationEssentials
import GRPCCore
import GRPCNIOTransportHTTP2
import NIOCore

/// OTLP/gRPC over one connection.
final class GRPCSender: OTLPSender {
    private typealias Transport = HTTP2ClientTransport.Posix

    private let client: GRPCClient<Transport>
    private let connections: Task<Void, any Error>
    private let method: MethodDescriptor
    private let metadata: GRPCCore.Metadata
    private let timeoutMilliseconds: Int

    /// Throws `invalidArgument` when the endpoint is no URL.
    init(_ target: OTLPTarget, _ signal: OTLPSignal) throws {
        let client = try GRPCClient(transport: Self.transport(target))
        self.client = client
        connections = Task { try await client.runConnections() }
        method = MethodDescriptor(fullyQualifiedService: signal.service, method: "Export")
        var metadata = GRPCCore.Metadata()
        for (name, value) in target.headers {
            metadata.addString(value, forKey: name.lowercased())
        }
        self.metadata = metadata
        timeoutMilliseconds = target.timeoutMilliseconds
    }

    private static func transport(_ target: OTLPTarget) throws -> Transport {
        guard let url = URL(string: target.url), let host = url.host,
            let scheme = url.scheme, ["http", "https"].contains(scheme)
        else {
            throw ServiceError.invalid(
                "\(target.url) is no OTLP endpoint; write it like http://127.0.0.1:4317.")
        }
        let port = url.port ?? 4317
        return try HTTP2ClientTransport.Posix(
            target: address(host, port), transportSecurity: security(scheme, target.issuersFile))
    }

    /// An address is no name: it can't be looked up.
    private static func address(_ host: String, _ port: Int) -> any ResolvableTarget {
        switch try? NIOCore.SocketAddress(ipAddress: host, port: port) {
        case .v4: .ipv4(address: host, port: port)
        case .v6: .ipv6(address: host, port: port)
        default: .dns(host: host, port: port)
        }
    }

    private static func security(_ scheme: String, _ issuersFile: String?)
        -> Transport.TransportSecurity
    {
        guard scheme == "https" else { return .plaintext }
        guard let issuersFile else { return .tls }
        return .tls { $0.trustRoots = .certificates([.file(path: issuersFile, format: .pem)]) }
    }

    func send(_ request: [UInt8]) async throws(OTLPRefusal) {
        var options = CallOptions.defaults
        options.timeout = .milliseconds(timeoutMilliseconds)
        options.waitForReady = true
        do {
            try await client.unary(
                request: ClientRequest(message: request, metadata: metadata), descriptor: method,
                serializer: RawBytes(), deserializer: RawBytes(), options: options
            ) { response in _ = try response.message }
        } catch let error as RPCError {
            throw OTLPRefusal(
                "gRPC \(error.code): \(error.message)", isRetryable: error.code.isRetryable)
        } catch {
            throw OTLPRefusal("\(type(of: error)): \(error)", isRetryable: true)
        }
    }

    func close() async {
        client.beginGracefulShutdown()
        _ = await connections.result
    }
}

/// Messages that are encoded already.
private struct RawBytes: MessageSerializer, MessageDeserializer {
    func serialize<Bytes: GRPCContiguousBytes>(_ message: [UInt8]) throws -> Bytes {
        Bytes(message)
    }

    func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> [UInt8] {
        bytes.withUnsafeBytes { Array($0) }
    }
}

extension RPCError.Code {
    /// OTLP/gRPC, "Failures".
    fileprivate var isRetryable: Bool {
        [
            .cancelled, .deadlineExceeded, .aborted, .outOfRange, .unavailable, .dataLoss,
            .resourceExhausted,
        ].contains(self)
    }
}
