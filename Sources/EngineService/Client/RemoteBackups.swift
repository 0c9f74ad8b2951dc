import Access
import ChromaModel
import FoundationEssentials
import GRPCCore
import SwiftProtobuf
import TenantTools
import TesseraRPC

/// The backups of another process's tenants. Never repeated: a backup that was cut short is begun
/// anew by whoever wants it.
package struct RemoteBackups: BackupClient {
    private typealias Method = EngineBackupService.Method

    private let link: EngineLink

    init(_ link: EngineLink) { self.link = link }

    package func createBackup(
        of scope: TenantScope, in directory: String,
        databases: @escaping @Sendable () async throws -> [DatabaseRecord]
    ) async throws -> BackupManifest {
        let begin = EngineCreateBackupRequest.Begin.with {
            $0.scope = EngineTenantScope(scope)
            $0.directory = directory
        }
        return try await link.talk(
            Method.CreateBackup.descriptor, EngineCreateBackupRequest.with { $0.begin = begin },
            refusing: { error in .with { $0.refusal = EngineRefusal(error) } }
        ) { question in
            guard case .askDatabases = question else { throw ServiceError.unreadable("a question") }
            let list = EngineDatabaseList(try await databases())
            return .with { $0.databases = list }
        }.restored().manifest
    }

    package func restoreBackup(_ restore: BackupRestore) async throws -> RestoredBackup {
        let begin = EngineRestoreBackupRequest.Begin.with {
            $0.directory = restore.directory
            $0.tenantID = Data(restore.tenant)
            $0.verify = restore.verificationScope != nil
        }
        let answers = RestoreAnswers(restore)
        return try await link.talk(
            Method.RestoreBackup.descriptor, EngineRestoreBackupRequest.with { $0.begin = begin },
            refusing: { error in .with { $0.refusal = EngineRefusal(error) } }
        ) { try await answers.answer($0) }.restored()
    }

    package func removeUnfinished(
        isKnown: @escaping @Sendable (TenantID) async throws -> Bool
    ) async throws {
        _ = try await link.talk(
            Method.RemoveUnfinished.descriptor,
            EngineRemoveUnfinishedRequest.with { $0.begin = .init() },
            refusing: { error in .with { $0.refusal = EngineRefusal(error) } }
        ) { question in
            guard case .askKnown(let id) = question else {
                throw ServiceError.unreadable("a question")
            }
            let answer = try await isKnown(id.id())
            return .with { $0.isKnown = answer }
        }
    }
}

/// What the engine is told while it restores. It asks one thing after the other.
private actor RestoreAnswers {
    private let restore: BackupRestore
    private var databases: [DatabaseRecord] = []

    init(_ restore: BackupRestore) { self.restore = restore }

    func answer(_ question: EngineBackupAnswer.OneOf_Message) async throws
        -> EngineRestoreBackupRequest
    {
        switch question {
        case .askNewDatabases(let names):
            databases = try await restore.newDatabases(names.names.map { DatabaseName($0) })
            return .with { $0.databases = EngineDatabaseList(databases) }
        case .askToAdopt:
            try await restore.adopt(databases)
            return .with { $0.adopted = .init() }
        case .askScope(let name):
            guard let scope = try await restore.verificationScope?(DatabaseName(name)) else {
                throw ServiceError.unreadable("a question")
            }
            return .with { $0.scope = EngineDatabaseScope(scope) }
        default: throw ServiceError.unreadable("a question")
        }
    }
}
