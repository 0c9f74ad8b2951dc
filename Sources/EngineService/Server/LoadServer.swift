import ChromaModel
import GRPCCore
import GRPCProtobuf
import SwiftProtobuf
import TenantEngine
import TesseraRPC

/// `tessera.engine.v1.LoadService` around an engine.
package struct LoadServer: Sendable {
    private let meter: any LoadMeter

    package init(meter: any LoadMeter) { self.meter = meter }

    /// To be offered by a `NodeListener`. Only control planes ask: the answer names tenants.
    package var service: NodeService {
        NodeService(EngineLoadService.descriptor, callers: [.control]) { router in
            router.registerHandler(
                forMethod: EngineLoadService.Method.MeasureLoad.descriptor,
                deserializer: EngineDeserializer<EngineMeasureLoadRequest>(),
                serializer: ProtobufSerializer<EngineLoadAnswer>()
            ) { [meter] request, context in
                let message = try await ServerRequest(stream: request).message
                let answer = try await CallerWatch.run(context.cancellation) {
                    try await Self.answer(message, meter)
                }
                return StreamingServerResponse { writer in
                    try await writer.write(answer)
                    return [:]
                }
            }
        }
    }

    private static func answer(
        _ request: EngineMeasureLoadRequest, _ meter: any LoadMeter
    ) async throws -> EngineLoadAnswer {
        do {
            return EngineLoadAnswer(try await meter.measureLoad(try request.query()))
        } catch let error as ServiceError {
            return EngineLoadAnswer.with { $0.refusal = EngineRefusal(error) }
        }
    }
}
