import ChromaModel
import GRPCCore
import GRPCProtobuf
import SwiftProtobuf

/// gRPC's server reflection: what the server's services are, from their protos. It needs no token,
/// for it says what this page of the source says, and nothing of any tenant.
struct ReflectionService: Sendable {
    /// A stream may ask so often; tools ask once for each service.
    static let requestsMax = 1000

    private let index: DescriptorIndex

    /// Older tools know the protocol, which is the same, by its first name alone.
    private static let alpha = MethodDescriptor(
        fullyQualifiedService: "grpc.reflection.v1alpha.ServerReflection",
        method: "ServerReflectionInfo")

    init(_ index: DescriptorIndex) { self.index = index }

    func register<Transport: ServerTransport>(in router: inout RPCRouter<Transport>) {
        let current = Grpc_Reflection_V1_ServerReflection.Method.ServerReflectionInfo.descriptor
        for method in [current, Self.alpha] {
            router.registerHandler(
                forMethod: method,
                deserializer: ProtobufDeserializer<Grpc_Reflection_V1_ServerReflectionRequest>(),
                serializer: ProtobufSerializer<Grpc_Reflection_V1_ServerReflectionResponse>()
            ) { request, context in
                StreamingServerResponse { writer in
                    try await answer(request, to: writer, until: context.cancellation)
                    return [:]
                }
            }
        }
    }

    /// Answers until the caller has no more questions, or the server stops.
    private func answer(
        _ request: StreamingServerRequest<Grpc_Reflection_V1_ServerReflectionRequest>,
        to writer: RPCWriter<Grpc_Reflection_V1_ServerReflectionResponse>,
        until cancellation: ServerContext.RPCCancellationHandle
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                var count = 0
                for try await question in request.messages {
                    count += 1
                    guard count <= Self.requestsMax else {
                        throw RPCError(
                            code: .resourceExhausted,
                            message: "A stream may ask \(Self.requestsMax) times; open another.")
                    }
                    try await writer.write(answer(to: question))
                }
            }
            tasks.addTask { try await cancellation.cancelled }
            try await tasks.next()
            tasks.cancelAll()
        }
    }

    private func answer(
        to request: Grpc_Reflection_V1_ServerReflectionRequest
    ) -> Grpc_Reflection_V1_ServerReflectionResponse {
        var response = Grpc_Reflection_V1_ServerReflectionResponse()
        response.validHost = request.host
        response.originalRequest = request
        response.messageResponse = answer(to: request.messageRequest)
        return response
    }

    private func answer(
        to question: Grpc_Reflection_V1_ServerReflectionRequest.OneOf_MessageRequest?
    ) -> Grpc_Reflection_V1_ServerReflectionResponse.OneOf_MessageResponse {
        switch question {
        case .listServices: .listServicesResponse(services)
        case .fileByFilename(let name): files(from: name)
        case .fileContainingSymbol(let symbol): files(from: index.file(declaring: symbol))
        case .fileContainingExtension(let wanted):
            files(
                from: index.file(
                    extending: wanted.containingType, number: wanted.extensionNumber))
        case .allExtensionNumbersOfType(let message): extensionNumbers(of: message)
        case nil: .failure(.invalidArgument, "The request asks nothing; set one of its fields.")
        }
    }

    private var services: Grpc_Reflection_V1_ListServiceResponse {
        var list = Grpc_Reflection_V1_ListServiceResponse()
        list.service = index.services.map { name in
            var service = Grpc_Reflection_V1_ServiceResponse()
            service.name = name
            return service
        }
        return list
    }

    private func files(
        from name: String?
    ) -> Grpc_Reflection_V1_ServerReflectionResponse.OneOf_MessageResponse {
        guard let files = name.flatMap(index.files(from:)) else {
            return .failure(.notFound, "No proto of this server has it.")
        }
        var found = Grpc_Reflection_V1_FileDescriptorResponse()
        found.fileDescriptorProto = files.compactMap { try? $0.serializedBytes() }
        return .fileDescriptorResponse(found)
    }

    private func extensionNumbers(
        of message: String
    ) -> Grpc_Reflection_V1_ServerReflectionResponse.OneOf_MessageResponse {
        guard let numbers = index.extensionNumbers(of: message) else {
            return .failure(.notFound, "No proto of this server has it.")
        }
        var found = Grpc_Reflection_V1_ExtensionNumberResponse()
        found.baseTypeName = message
        found.extensionNumber = numbers
        return .allExtensionNumbersResponse(found)
    }
}

extension Grpc_Reflection_V1_ServerReflectionResponse.OneOf_MessageResponse {
    fileprivate static func failure(_ code: RPCError.Code, _ message: String) -> Self {
        var error = Grpc_Reflection_V1_ErrorResponse()
        error.errorCode = Int32(code.rawValue)
        error.errorMessage = message
        return .errorResponse(error)
    }
}
