import ChromaModel
import GRPCCore
import ServiceLifecycle
import SwiftProtobuf
import TenantEngine
import TesseraRPC
import TransportSecurity

/// The engine of another process, called over gRPC.
///
/// Run it in a `ServiceGroup`, before whoever calls it, so that it is stopped after them.
/// It throws what an engine in this process would: a refusal comes over with its code and words.
/// While the engine is away calls throw `unavailable`, and find it again by themselves.
package final class RemoteEngine: Service {
    /// Connections to an engine.
    package static let connectionsDefault = 2
    /// Waits before a call that failed is made again, if it may be.
    private static let repeatDelays: [Duration] = [.milliseconds(50), .milliseconds(200)]

    private let link: EngineLink
    let extents = FreshExtents()

    /// - Parameter certificate: what this process shows the engine.
    /// - Throws: an error of the transport when the certificate's files can't be used.
    package init(
        at address: NodeAddress, certificate: NodeCertificate,
        connections: Int = RemoteEngine.connectionsDefault
    ) throws {
        link = try EngineLink(to: address, certificate: certificate, connections: connections)
    }

    package func run() async throws { try await link.run() }

    /// The backups of the engine's tenants.
    package var backups: RemoteBackups { RemoteBackups(link) }

    /// What a call leaves behind at the engine.
    enum Effect {
        /// Nothing: it may be made any number of times.
        case none
        /// Something, once it is known there: it is made again only if it surely was not sent.
        case change
    }

    /// Calls the engine. Throws `ServiceError`, or `CancellationError` when the task is cancelled.
    func call<Request: Message, Reader: AnswerReader>(
        _ method: MethodDescriptor, _ request: Request, _ effect: Effect, _ reader: Reader.Type
    ) async throws -> Reader.Value {
        for delay in Self.repeatDelays {
            let sent = SentMark()
            do {
                return try await link.call(method, request, reader, sent)
            } catch let failure as RPCError {
                let mayRepeat = effect == .none || !sent.isSet
                guard failure.code == .unavailable, mayRepeat, !Task.isCancelled else {
                    throw EngineFailure.translated(failure, isLost: !mayRepeat)
                }
            }
            try await Task.sleep(for: delay)
        }
        let sent = SentMark()
        do {
            return try await link.call(method, request, reader, sent)
        } catch let failure as RPCError {
            throw EngineFailure.translated(failure, isLost: effect == .change && sent.isSet)
        }
    }

    /// A call whose answer is one message.
    func call<Request: Message, Answer: EngineAnswer>(
        _ method: MethodDescriptor, _ request: Request, _ effect: Effect
    ) async throws -> Answer {
        try await call(method, request, effect, SingleAnswer<Answer>.self)
    }
}
