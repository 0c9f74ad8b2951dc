import ChromaModel
import GRPCCore
import GRPCProtobuf
import Logging
import TesseraRPC
import Usage

/// `tessera.edge.v1.UsageService`: where frontends and engines report usage.
package struct UsageServer: Sendable {
    private let keeper: any UsageKeeper
    private let logger: Logger

    package init(keeper: any UsageKeeper, logger: Logger) {
        self.keeper = keeper
        self.logger = logger
    }

    /// To be offered by a `NodeListener`.
    package var service: NodeService {
        NodeService(EdgeUsageService.descriptor, callers: [.frontend, .engine]) { router in
            router.registerHandler(
                forMethod: EdgeUsageService.Method.PushUsage.descriptor,
                deserializer: ProtobufDeserializer<EdgePushUsageRequest>(),
                serializer: ProtobufSerializer<EdgePushUsageResponse>()
            ) { request, _ in
                let single = try await ServerRequest(stream: request)
                return StreamingServerResponse(
                    single: ServerResponse(message: try await push(single.message)))
            }
        }
    }

    private func push(_ request: EdgePushUsageRequest) async throws -> EdgePushUsageResponse {
        do {
            return EdgePushUsageResponse(try await keeper.take(try request.batch()))
        } catch let error as ServiceError {
            logger.error("a report of usage was not taken", metadata: ["error": "\(error)"])
            throw RPCError(error)
        }
    }
}
