import Access
import ChromaModel
import ControlPlane
import GRPCCore
import GRPCProtobuf
import Logging
import Platform
import SwiftProtobuf
import TesseraRPC

/// One method of the admin API with its one implementation, for whichever transport calls it.
protocol AdminEndpoint: Sendable {
    var method: AdminMethod { get }

    /// Serves the method over gRPC.
    func register<Transport: ServerTransport>(
        in router: inout RPCRouter<Transport>, gate: AdminGate, random: any RandomSource)

    /// Answers an HTTP call.
    func answer(_ input: HTTPInput, for principal: Principal, _ controlPlane: ControlPlane)
        async throws -> AdminAnswer
}

/// An endpoint, given the types of its messages.
struct Endpoint<Input: Message, Output: Message>: AdminEndpoint {
    let method: AdminMethod
    let work: @Sendable (Input, Principal) async throws -> Output

    init(
        _ method: AdminMethod, _ work: @escaping @Sendable (Input, Principal) async throws -> Output
    ) {
        self.method = method
        self.work = work
    }

    func answer(_ input: HTTPInput, for principal: Principal, _ controlPlane: ControlPlane)
        async throws -> AdminAnswer
    {
        let message: Input = try HTTPTranscoder.message(from: input)
        return .json(
            try HTTPTranscoder.json(try await perform(message, for: principal, controlPlane)))
    }
}
