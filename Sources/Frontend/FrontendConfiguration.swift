import Access
import ChromaModel
import HTTPServing
import TesseraRPC

/// What the data plane's HTTP server may be told; the defaults are the product's.
package struct FrontendConfiguration: Sendable {
    /// Address to listen on.
    package var host: String
    /// TCP port to listen on; 0 takes any free one.
    package var port: Int
    /// Largest request body in bytes (`http.body_bytes_max`): 40 MiB as upstream (protocol §10).
    package var bodyBytesMax: Int
    /// Whether `POST /api/v2/reset` works. Never in production.
    package var allowReset: Bool
    /// Seconds a kept-alive connection may wait for its next request. Clients pool idle
    /// connections for 40 s and don't retry, so at least 60 (protocol §10).
    package var idleTimeoutSeconds: Int
    /// Connections served at once; further ones wait in the listen queue.
    package var connectionsMax: Int
    /// Connections over HTTP from one address; further ones are closed. 0: no bound.
    package var connectionsMaxPerAddress: Int
    /// The same and more for the gRPC listener.
    package var rpcLimits: RPCLimits
    /// Whose word is taken for where a request comes from, over HTTP and gRPC.
    package var trustedProxies: TrustedProxies
    /// Threads that decode and encode large bodies, for each of the two listeners.
    package var cpuThreads: Int
    /// Which of Chroma's servers the configuration of collections looks like.
    package var indexFlavour: IndexFlavour

    package init(
        host: String = "127.0.0.1", port: Int = 8000, bodyBytesMax: Int = 40 * 1024 * 1024,
        allowReset: Bool = false, idleTimeoutSeconds: Int = 90, connectionsMax: Int = 8192,
        connectionsMaxPerAddress: Int = 0, rpcLimits: RPCLimits = RPCLimits(),
        trustedProxies: TrustedProxies = .none, cpuThreads: Int = 2,
        indexFlavour: IndexFlavour = .hnsw
    ) {
        self.host = host
        self.port = port
        self.bodyBytesMax = bodyBytesMax
        self.allowReset = allowReset
        self.idleTimeoutSeconds = idleTimeoutSeconds
        self.connectionsMax = connectionsMax
        self.connectionsMaxPerAddress = connectionsMaxPerAddress
        self.rpcLimits = rpcLimits
        self.trustedProxies = trustedProxies
        self.cpuThreads = cpuThreads
        self.indexFlavour = indexFlavour
    }
}

extension FrontendConfiguration {
    /// What one address may have over HTTP; the bound of all together is the listener's.
    var connectionsPerAddress: ConnectionCensus.Limits {
        ConnectionCensus.Limits(
            connectionsMax: 0, connectionsMaxPerAddress: connectionsMaxPerAddress,
            isProxy: trustedProxies.contains)
    }
}
