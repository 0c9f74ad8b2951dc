import Access
import ChromaModel
import GRPCCore
import GRPCProtobuf
import SwiftProtobuf
import TesseraRPC

/// The work that a call means, once everything about it is checked.
typealias RPCOperation<Output: Sendable> = @Sendable () async throws -> Charged<Output>

/// One method of the data service.
protocol DataEndpoint: Sendable {
    var descriptor: MethodDescriptor { get }

    func register<Transport: ServerTransport>(
        in router: inout RPCRouter<Transport>, gate: DataGate)
}

/// A method, given the types of its messages.
struct DataMethod<Input: DatabaseRequest, Output: Message>: DataEndpoint {
    let descriptor: MethodDescriptor
    /// What the caller must be allowed. Throws `invalidArgument` when the request doesn't say.
    let action: @Sendable (Input) throws -> Action
    /// Checks everything that can be checked without the data. The scope is nil when the tenant
    /// has no such database, or none that the caller's token reaches.
    let prepare: @Sendable (Input, DatabaseScope?) throws -> RPCOperation<Output>

    init(
        _ descriptor: MethodDescriptor, _ action: @escaping @Sendable (Input) throws -> Action,
        _ prepare: @escaping @Sendable (Input, DatabaseScope?) throws -> RPCOperation<Output>
    ) {
        self.descriptor = descriptor
        self.action = action
        self.prepare = prepare
    }

    init(
        _ descriptor: MethodDescriptor, _ action: Action,
        _ prepare: @escaping @Sendable (Input, DatabaseScope?) throws -> RPCOperation<Output>
    ) {
        self.init(descriptor, { _ in action }, prepare)
    }

    func register<Transport: ServerTransport>(
        in router: inout RPCRouter<Transport>, gate: DataGate
    ) {
        router.registerHandler(
            forMethod: descriptor,
            deserializer: RequestDeserializer<Input>(bytesMax: gate.requestBytesMax),
            serializer: ProtobufSerializer<Output>()
        ) { request, context in
            let client = gate.proxies.client(of: context, request.metadata)
            return StreamingServerResponse(
                single: try await gate.pass(
                    request, from: client, to: self, until: context.cancellation))
        }
    }
}
