import Access
import ChromaModel
import FoundationEssentials
import GRPCCore
import GRPCProtobuf
import Platform
import SwiftProtobuf
import TesseraRPC

extension StreamEndpoint {
    func register<Transport: ServerTransport>(
        in router: inout RPCRouter<Transport>, gate: AdminGate, random: any RandomSource
    ) {
        router.registerHandler(
            forMethod: method.descriptor,
            deserializer: ProtobufDeserializer<Input>(),
            serializer: ProtobufSerializer<AdminUsageChunk>()
        ) { request, context in
            let single = try await ServerRequest(stream: request)
            return try await answer(
                single, from: gate.proxies.client(of: context, single.metadata), gate: gate,
                id: RequestID(random: random))
        }
    }

    private func answer(
        _ request: ServerRequest<Input>, from client: InternetAddress?, gate: AdminGate,
        id: RequestID
    ) async throws -> StreamingServerResponse<AdminUsageChunk> {
        let metadata: GRPCCore.Metadata = [RequestID.header: "\(id)"]
        let stream: ByteStream
        do throws(ServiceError) {
            stream = try await gate.pass(
                method, credential: request.metadata.presentedToken, from: client, request: id,
                about: RequestFacts(request.message).resource
            ) { try await work(request.message, $0) }
        } catch {
            throw RPCError(error, metadata)
        }
        return StreamingServerResponse(metadata: metadata) { writer in
            do {
                try await stream.produce { bytes in
                    try await writer.write(
                        .with {
                            $0.data = Data(bytes)
                            $0.contentType = stream.contentType
                        })
                }
            } catch let error as ServiceError {
                throw RPCError(error, metadata)
            }
            return [:]
        }
    }
}

extension RPCError {
    /// What a caller is told of a refusal.
    init(_ error: ServiceError, _ metadata: GRPCCore.Metadata) {
        self.init(code: error.code.wireStatus.grpc, message: error.message, metadata: metadata)
    }
}
