import ChromaModel
import GRPCCore
import GRPCProtobuf
import SwiftProtobuf

/// gRPC's health checking protocol. It needs no token, for probes have none.
struct HealthService: Sendable {
    private typealias Method = Grpc_Health_V1_Health.Method
    private typealias Status = Grpc_Health_V1_HealthCheckResponse.ServingStatus

    private let readiness: Readiness
    /// Those with a health of their own: the server's, which is the same for all.
    private let services: Set<String>

    /// - Parameter services: fully qualified.
    init(_ readiness: Readiness, services: [String]) {
        self.readiness = readiness
        self.services = Set(services + [""])
    }

    func register<Transport: ServerTransport>(in router: inout RPCRouter<Transport>) {
        router.registerHandler(
            forMethod: Method.Check.descriptor,
            deserializer: ProtobufDeserializer<Grpc_Health_V1_HealthCheckRequest>(),
            serializer: ProtobufSerializer<Grpc_Health_V1_HealthCheckResponse>()
        ) { request, _ in
            let service = try await ServerRequest(stream: request).message.service
            let answer = try await check(service)
            return StreamingServerResponse(single: ServerResponse(message: answer))
        }
        router.registerHandler(
            forMethod: Method.Watch.descriptor,
            deserializer: ProtobufDeserializer<Grpc_Health_V1_HealthCheckRequest>(),
            serializer: ProtobufSerializer<Grpc_Health_V1_HealthCheckResponse>()
        ) { request, context in
            let service = try await ServerRequest(stream: request).message.service
            return StreamingServerResponse { writer in
                try await watch(service, writer, until: context.cancellation)
                return [:]
            }
        }
    }

    private func check(_ service: String) async throws -> Grpc_Health_V1_HealthCheckResponse {
        let status = await status(of: service)
        guard status != .serviceUnknown else {
            throw RPCError(code: .notFound, message: "This server has no such service.")
        }
        return .with { $0.status = status }
    }

    /// Writes the state at first and after each change, until the caller goes or the server stops.
    private func watch(
        _ service: String, _ writer: RPCWriter<Grpc_Health_V1_HealthCheckResponse>,
        until cancellation: ServerContext.RPCCancellationHandle
    ) async throws {
        var told: Status?
        while !cancellation.isCancelled {
            let status = await status(of: service)
            if status != told {
                try await writer.write(.with { $0.status = status })
                told = status
            }
            try await Task.sleep(for: ReadinessProbe.freshFor)
        }
        try await writer.write(.with { $0.status = .notServing })
    }

    private func status(of service: String) async -> Status {
        guard services.contains(service) else { return .serviceUnknown }
        return await readiness.isReady() ? .serving : .notServing
    }
}
