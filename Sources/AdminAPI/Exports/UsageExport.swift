import ChromaModel

/// An export into a file: what is known of it, kept beside the file once it is done.
struct UsageExport: Sendable, Codable {
    enum State: String, Sendable, Codable { case running, done, failed }

    let id: String
    /// The tenant's id; empty for all tenants.
    let tenantID: String
    let format: String
    let contentType: String
    var state: State
    var bytes: Int
    /// In hex; empty until it is done.
    var sha256: String
    var problem: String
    /// Unix time.
    let createdAtMilliseconds: UInt64
    /// Unix time; then it is removed.
    let expiresAtMilliseconds: UInt64
}
