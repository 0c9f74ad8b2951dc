import ChromaModel
import FoundationEssentials
import TesseraRPC

extension EdgeQuotaOverride {
    init(_ override: QuotaOverride) {
        self.init()
        usage = override.usage.rawValue
        limit = Int64(override.limit)
        if let id = override.database { databaseID = Data(id.uuid) }
        if let name = override.databaseName { databaseName = name.value }
        if let expires = override.expiresAtMilliseconds { expiresMilliseconds = expires }
        reason = override.reason
        approvedBy = override.approvedBy
        createdMilliseconds = override.createdAtMilliseconds
    }

    func record() throws(ServiceError) -> QuotaOverride {
        QuotaOverride(
            usage: try UsageType.named(usage), limit: Int(clamping: limit),
            database: hasDatabaseID ? DatabaseID(try databaseID.uniqueID()) : nil,
            databaseName: hasDatabaseName ? DatabaseName(databaseName) : nil,
            expiresAtMilliseconds: hasExpiresMilliseconds ? expiresMilliseconds : nil,
            reason: reason, approvedBy: approvedBy, createdAtMilliseconds: createdMilliseconds)
    }
}
