import Access
import ChromaModel
import FoundationEssentials
import SwiftProtobuf
import TenantTools
import TesseraRPC

extension EngineDatabaseList {
    init(_ records: [DatabaseRecord]) {
        self.init()
        databases = records.map { record in
            .with {
                $0.tenantID = Data(record.tenant)
                $0.tenantName = record.tenantName.value
                $0.id = Data(record.id)
                $0.name = record.name.value
                $0.createdAtMilliseconds = record.createdAtMilliseconds
                $0.revision = record.revision
            }
        }
    }

    /// Throws `internalError`.
    func records() throws(ServiceError) -> [DatabaseRecord] {
        var records: [DatabaseRecord] = []
        for each in databases {
            records.append(
                DatabaseRecord(
                    tenant: try each.tenantID.id(), tenantName: TenantName(each.tenantName),
                    id: try each.id.id(), name: DatabaseName(each.name),
                    createdAtMilliseconds: each.createdAtMilliseconds, revision: each.revision))
        }
        return records
    }
}

extension EngineBackupAnswer.Result {
    init(_ manifest: BackupManifest, _ verification: BackupVerification? = nil) throws {
        self.init()
        manifestJson = try JSONEncoder().encode(manifest)
        guard let verification else { return }
        self.verification = .with {
            $0.records = Int64(verification.records)
            $0.filters = Int64(verification.filters)
            $0.searches = Int64(verification.searches)
            $0.differences = verification.differences
        }
    }

    /// Throws `internalError`.
    func restored() throws -> RestoredBackup {
        do {
            return RestoredBackup(
                manifest: try JSONDecoder().decode(BackupManifest.self, from: manifestJson),
                verification: hasVerification ? BackupVerification(verification) : nil)
        } catch {
            throw ServiceError.unreadable("a manifest")
        }
    }
}

extension BackupVerification {
    fileprivate init(_ message: EngineBackupAnswer.Verification) {
        self.init(
            records: Int(message.records), filters: Int(message.filters),
            searches: Int(message.searches), differences: message.differences)
    }
}
