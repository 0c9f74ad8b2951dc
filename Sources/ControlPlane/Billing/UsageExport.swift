import ChromaModel
import Postgres

/// An export into a file, of table `usage.export`.
package struct UsageExport: Sendable {
    package enum State: String, Sendable { case waiting, running, done, failed }

    package let id: UniqueID
    /// nil: of all tenants.
    package let tenant: TenantID?
    /// What is exported, as the admin API has it.
    package let request: [UInt8]
    package let format: String
    package let contentType: String
    package let state: State
    /// Of its file, up to now.
    package let bytes: Int
    /// Of the whole file; nil until it is done.
    package let sha256: [UInt8]?
    /// Why it failed.
    package let problem: String
    /// Unix time.
    package let createdAtMilliseconds: UInt64
    /// Unix time; then it is removed.
    package let expiresAtMilliseconds: UInt64
    /// Which run it is; a run that isn't the last may write no more.
    let attempt: Int

    init(row: Row) throws {
        id = try row.uuid("id")
        tenant = try row.optionalUUID("tenant_id").map { TenantID($0) }
        request = try row.bytes("request")
        format = try row.text("format")
        contentType = try row.text("content_type")
        guard let state = State(rawValue: try row.text("state")) else {
            throw RowError(column: "state", problem: "is no state of an export")
        }
        self.state = state
        bytes = Int(try row.int64("bytes"))
        sha256 = try row.optionalBytes("sha256")
        problem = try row.text("problem")
        createdAtMilliseconds = try row.milliseconds("create_time")
        expiresAtMilliseconds = try row.milliseconds("expire_time")
        attempt = Int(try row.int64("attempt"))
    }
}

/// An export that is asked for.
package struct UsageExportDraft: Sendable {
    let tenant: TenantID?
    let request: [UInt8]
    let format: String
    let contentType: String

    /// - Parameters:
    ///   - tenant: nil: of all tenants.
    ///   - request: what the one who makes it is given.
    package init(tenant: TenantID?, request: [UInt8], format: String, contentType: String) {
        self.tenant = tenant
        self.request = request
        self.format = format
        self.contentType = contentType
    }
}
