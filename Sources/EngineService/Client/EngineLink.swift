import ChromaModel
import GRPCCore
import GRPCNIOTransportHTTP2
import GRPCProtobuf
import ServiceLifecycle
import SwiftProtobuf
import Synchronization
import TesseraRPC
import TransportSecurity

/// The connections to one engine, which calls take turns on.
final class EngineLink: Sendable {
    private let channels: [NodeChannel]
    private let calls = Atomic<Int>(0)

    /// - Parameter connections: one is read by one thread at each end.
    init(to address: NodeAddress, certificate: NodeCertificate, connections: Int) throws {
        channels = try (0..<connections).map { _ in
            try NodeChannel(
                to: address, role: .engine, certificate: certificate, callSeconds: nil,
                responseBytesMax: EngineMessages.bytesMax)
        }
    }

    /// Keeps the connections until a graceful shutdown, which lets calls in flight finish.
    func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for channel in channels { group.addTask { try await channel.run() } }
        }
    }

    /// Calls once.
    ///
    /// - Parameter sent: is marked when the engine may have heard of the call.
    /// - Throws: `ServiceError` when the engine refused, `RPCError` when the call failed.
    func call<Request: Message, Reader: AnswerReader>(
        _ method: MethodDescriptor, _ request: Request, _: Reader.Type, _ sent: SentMark
    ) async throws -> Reader.Value {
        try await nextClient.bidirectionalStreaming(
            request: StreamingClientRequest<Request> { writer in
                sent.mark()
                try await writer.write(request)
            },
            descriptor: method, serializer: ProtobufSerializer<Request>(),
            deserializer: EngineDeserializer<Reader.Message>(), options: .engine
        ) { response in
            var reader = Reader()
            for try await message in response.messages {
                guard !message.hasRefusal else { throw message.refusal.error }
                try reader.take(message)
            }
            return try reader.finish()
        }
    }

    var nextClient: GRPCClient<NodeChannel.Transport> {
        let call = calls.wrappingAdd(1, ordering: .relaxed).newValue
        return channels[Int(UInt(bitPattern: call) % UInt(channels.count))].client
    }
}

/// Whether the engine may have heard of a call: set before its first byte goes out.
final class SentMark: Sendable {
    private let mayHaveBeenSent = Atomic<Bool>(false)

    var isSet: Bool { mayHaveBeenSent.load(ordering: .acquiring) }

    func mark() { mayHaveBeenSent.store(true, ordering: .releasing) }
}

extension CallOptions {
    static var engine: CallOptions {
        var options = CallOptions.defaults
        // It bounds requests by name; the transport bounds answers by it.
        options.maxRequestMessageBytes = EngineMessages.bytesMax
        return options
    }
}
