import ChromaModel
import ControlPlane
import Directory
import EdgeService
import EngineService
import ServerConfiguration
import ServiceLifecycle
import TesseraRPC
import TransportSecurity

/// The listener for the other processes, with what this one offers them.
struct EdgeListener: ListeningServer {
    private let server: NodeListener
    /// Of a control plane: they must know from when on nodes can reach it.
    private let nodes: NodeRegistry?

    init(
        _ configuration: ServerConfiguration, certificate: NodeCertificate,
        services: [NodeService], nodes: NodeRegistry?
    ) throws {
        server = try NodeListener(
            host: configuration.edge.host, port: configuration.edge.port,
            certificate: certificate,
            requestBytesMax: max(EdgeServer.requestBytesMax, EngineMessages.bytesMax),
            services: services)
        self.nodes = nodes
        nodes?.expect()
    }

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                // What keeps it from listening is thrown by the server itself.
                guard (try? await server.boundPort()) != nil else { return }
                nodes?.open()
            }
            tasks.addTask { try await server.run() }
            try await tasks.waitForAll()
        }
    }

    func boundPort() async throws -> Int { try await server.boundPort() }
}
