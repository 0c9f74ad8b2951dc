import Access
import ChromaModel
import GRPCCore
import GRPCProtobuf
import Platform
import SwiftProtobuf
import TesseraRPC

extension Endpoint {
    func register<Transport: ServerTransport>(
        in router: inout RPCRouter<Transport>, gate: AdminGate, random: any RandomSource
    ) {
        router.registerHandler(
            forMethod: method.descriptor,
            deserializer: ProtobufDeserializer<Input>(),
            serializer: ProtobufSerializer<Output>()
        ) { request, context in
            let single = try await ServerRequest(stream: request)
            let answer = try await answer(
                single, from: gate.proxies.client(of: context, single.metadata), gate: gate,
                id: RequestID(random: random))
            return StreamingServerResponse(single: answer)
        }
    }

    private func answer(
        _ request: ServerRequest<Input>, from client: InternetAddress?, gate: AdminGate,
        id: RequestID
    ) async throws -> ServerResponse<Output> {
        let metadata: GRPCCore.Metadata = [RequestID.header: "\(id)"]
        do throws(ServiceError) {
            let output = try await gate.pass(
                method, credential: request.metadata.presentedToken, from: client, request: id,
                about: RequestFacts(request.message).resource
            ) { try await perform(request.message, for: $0, gate.controlPlane) }
            return ServerResponse(message: output, metadata: metadata)
        } catch {
            throw RPCError(
                code: error.code.wireStatus.grpc, message: error.message, metadata: metadata)
        }
    }
}

extension GRPCCore.Metadata {
    /// The token that came with a call; nil when none did.
    var presentedToken: String? {
        PresentedToken.text(
            chromaToken: joined(PresentedToken.chromaHeader),
            authorization: joined(PresentedToken.authorizationHeader))
    }

    private func joined(_ key: String) -> String? {
        let values = Array(self[stringValues: key])
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }
}
