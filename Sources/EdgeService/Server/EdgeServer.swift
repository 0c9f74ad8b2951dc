import Access
import ChromaModel
import Directory
import GRPCCore
import GRPCProtobuf
import Logging
import Platform
import RateLimits
import SwiftProtobuf
import TesseraRPC

/// `tessera.edge.v1.EdgeService`: the control plane as frontends and engines see it.
package struct EdgeServer: Sendable {
    /// The most bytes one request message may have.
    package static let requestBytesMax = 4 << 20

    let directory: any TenantDirectory
    let keeper: any LeaseKeeper<RateKey>
    let uses: any TokenUses
    let peppers: Peppers
    let feed: ConfigFeed
    let nodes: NodeRegistry
    /// How many frontends share the rate limits.
    let frontendCount: @Sendable () -> Int
    /// Whether other control planes share the database.
    let hasPeers: @Sendable () -> Bool
    let allowsReset: Bool
    let time: any TimeSource
    let logger: Logger

    /// - Parameter allowsReset: in conformance mode only.
    package init(
        directory: any TenantDirectory, keeper: any LeaseKeeper<RateKey>, uses: any TokenUses,
        peppers: Peppers, feed: ConfigFeed, nodes: NodeRegistry,
        frontendCount: @escaping @Sendable () -> Int,
        hasPeers: @escaping @Sendable () -> Bool, allowsReset: Bool, time: any TimeSource,
        logger: Logger
    ) {
        self.directory = directory
        self.keeper = keeper
        self.uses = uses
        self.peppers = peppers
        self.feed = feed
        self.nodes = nodes
        self.frontendCount = frontendCount
        self.hasPeers = hasPeers
        self.allowsReset = allowsReset
        self.time = time
        self.logger = logger
    }

    /// To be offered by a `NodeListener`. Engines have no business with tokens and tenants.
    package var service: NodeService {
        NodeService(EdgeEdgeService.descriptor, callers: [.frontend]) { router in
            register(in: &router)
        }
    }

    private func register(in router: inout NodeService.Router) {
        typealias Method = EdgeEdgeService.Method
        on(Method.RegisterNode.descriptor, in: &router, registerNode)
        router.registerHandler(
            forMethod: Method.StreamConfig.descriptor,
            deserializer: ProtobufDeserializer<EdgeStreamConfigRequest>(),
            serializer: ProtobufSerializer<EdgeStreamConfigResponse>()
        ) { request, _ in
            StreamingServerResponse { writer in
                try await ConfigStream(server: self).run(request.messages, writer)
                return [:]
            }
        }
        on(Method.ResolveToken.descriptor, in: &router, resolveToken)
        on(Method.ResolveIssuer.descriptor, in: &router, resolveIssuer)
        on(Method.ResolveTenant.descriptor, in: &router, resolveTenant)
        on(Method.ResolveDatabase.descriptor, in: &router, resolveDatabase)
        on(Method.ResolveQuotaOverrides.descriptor, in: &router, resolveQuotaOverrides)
        on(Method.ListDatabases.descriptor, in: &router, listDatabases)
        on(Method.AcquireLeases.descriptor, in: &router, acquireLeases)
        on(Method.NoteTokenUses.descriptor, in: &router, noteTokenUses)
        on(Method.CreateTenant.descriptor, in: &router, createTenant)
        on(Method.SetResourceName.descriptor, in: &router, setResourceName)
        on(Method.CreateDatabase.descriptor, in: &router, createDatabase)
        on(Method.DeleteDatabase.descriptor, in: &router, deleteDatabase)
        on(Method.ResetToBootstrap.descriptor, in: &router, resetToBootstrap)
    }

    /// Registers a method of one request and one answer.
    private func on<Input: Message, Output: Message>(
        _ method: MethodDescriptor, in router: inout NodeService.Router,
        _ work: @escaping @Sendable (Input, Caller) async throws -> Output
    ) {
        router.registerHandler(
            forMethod: method, deserializer: ProtobufDeserializer<Input>(),
            serializer: ProtobufSerializer<Output>()
        ) { request, context in
            let single = try await ServerRequest(stream: request)
            do {
                let caller = Caller(roles: context.peerRoles)
                let output = try await work(single.message, caller)
                return StreamingServerResponse(single: ServerResponse(message: output))
            } catch let error as ServiceError {
                report(error, method)
                throw RPCError(error)
            }
        }
    }

    /// A frontend only hears the words of an error; what was behind it is for this log.
    private func report(_ error: ServiceError, _ method: MethodDescriptor) {
        guard error.code == .internalError else { return }
        logger.error(
            "a node's call failed",
            metadata: ["method": "\(method.method)", "error": "\(error)"])
    }
}

/// Who is at the other end of a call: what its certificate says.
struct Caller: Sendable {
    let roles: Set<NodeRole>
}
