import Access
import ChromaModel
import GRPCCore
import Logging
import TenantEngine
import TesseraRPC

/// `tessera.engine.v1.EngineService` around an engine.
package struct EngineServer: Sendable {
    let engines: any EngineClient
    let logger: Logger
    private let allowsRemovingEverything: Bool

    /// - Parameter allowsRemovingEverything: in conformance mode only.
    package init(engines: any EngineClient, allowsRemovingEverything: Bool, logger: Logger) {
        self.engines = engines
        self.allowsRemovingEverything = allowsRemovingEverything
        self.logger = logger
    }

    /// To be offered by a `NodeListener` that takes messages of `EngineMessages.bytesMax` bytes.
    package var service: NodeService {
        NodeService(
            EngineEngineService.descriptor, callers: ScopeReceiver.senders,
            narrower: RemovalMethods.callers
        ) { router in
            for endpoint in endpoints { endpoint.register(in: &router, of: self) }
        }
    }

    private var endpoints: [any EngineEndpoint] {
        CollectionMethods.endpoints + RecordMethods.endpoints
            + RemovalMethods(allowsEverything: allowsRemovingEverything).endpoints
    }

    /// Throws an `RPCError` for a peer that has no business here.
    func call(from context: ServerContext) throws -> EngineCall {
        do {
            return EngineCall(
                engines: engines, receiver: try ScopeReceiver(from: context.peerRoles))
        } catch {
            throw RPCError(code: .permissionDenied, message: error.message)
        }
    }
}
