import Access
import ChromaModel
import FoundationEssentials
import GRPCCore
import GRPCProtobuf
import Logging
import SwiftProtobuf
import TenantTools
import TesseraRPC

/// `tessera.engine.v1.BackupService` around the backups of an engine's tenants.
package struct BackupServer: Sendable {
    private typealias Method = EngineBackupService.Method

    private let backups: any BackupClient
    private let logger: Logger

    package init(backups: any BackupClient, logger: Logger) {
        self.backups = backups
        self.logger = logger
    }

    /// To be offered by a `NodeListener`. Only control planes make backups.
    package var service: NodeService {
        NodeService(EngineBackupService.descriptor, callers: [.control]) { router in
            register(Method.CreateBackup.descriptor, in: &router, create)
            register(Method.RestoreBackup.descriptor, in: &router, restore)
            register(Method.RemoveUnfinished.descriptor, in: &router, removeUnfinished)
        }
    }

    private func register<Request: BackupRequestMessage>(
        _ method: MethodDescriptor, in router: inout NodeService.Router,
        _ work:
            @escaping @Sendable (BackupTalk<Request>, ScopeReceiver) async throws
            -> EngineBackupAnswer.Result
    ) {
        router.registerHandler(
            forMethod: method, deserializer: EngineDeserializer<Request>(),
            serializer: ProtobufSerializer<EngineBackupAnswer>()
        ) { [logger] request, context in
            let receiver = try ScopeReceiver(from: context.peerRoles)
            return StreamingServerResponse { writer in
                let talk = BackupTalk(request.messages, writer)
                do {
                    try await talk.say(.result(try await work(talk, receiver)))
                } catch let error as ServiceError {
                    logger.info("refused", metadata: ["method": "\(method)", "error": "\(error)"])
                    try await talk.say(.refusal(EngineRefusal(error)))
                }
                return [:]
            }
        }
    }

    @Sendable private func create(
        _ talk: BackupTalk<EngineCreateBackupRequest>, _ receiver: ScopeReceiver
    ) async throws -> EngineBackupAnswer.Result {
        let begin = try await talk.next().begin
        let manifest = try await backups.createBackup(
            of: begin.scope.scope(by: receiver), in: begin.directory
        ) {
            try await talk.ask(.askDatabases(Google_Protobuf_Empty())).databases.records()
        }
        return try EngineBackupAnswer.Result(manifest)
    }

    @Sendable private func restore(
        _ talk: BackupTalk<EngineRestoreBackupRequest>, _ receiver: ScopeReceiver
    ) async throws -> EngineBackupAnswer.Result {
        let begin = try await talk.next().begin
        let scope = { @Sendable (name: DatabaseName) in
            try await talk.ask(.askScope(name.value)).scope.scope(by: receiver)
        }
        let restored = try await backups.restoreBackup(
            BackupRestore(
                directory: begin.directory, tenant: begin.tenantID.id(),
                newDatabases: { names in
                    let names = EngineBackupAnswer.Names.with { $0.names = names.map(\.value) }
                    return try await talk.ask(.askNewDatabases(names)).databases.records()
                },
                adopt: { _ in
                    guard case .adopted = try await talk.ask(.askToAdopt(.init())).message else {
                        throw ServiceError.unreadable("another answer")
                    }
                },
                verificationScope: begin.verify ? scope : nil))
        return try EngineBackupAnswer.Result(restored.manifest, restored.verification)
    }

    @Sendable private func removeUnfinished(
        _ talk: BackupTalk<EngineRemoveUnfinishedRequest>, _: ScopeReceiver
    ) async throws -> EngineBackupAnswer.Result {
        _ = try await talk.next()
        try await backups.removeUnfinished { tenant in
            guard case .isKnown(let isKnown) = try await talk.ask(.askKnown(Data(tenant))).message
            else { throw ServiceError.unreadable("another answer") }
            return isKnown
        }
        return EngineBackupAnswer.Result()
    }
}
