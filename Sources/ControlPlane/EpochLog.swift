import Access
import ChromaModel
import Directory
import Postgres

/// Table `cp.epoch_log`: every change to the directory, numbered in commit order.
enum EpochLog {
    /// The channel on which the database hints that there is something to read.
    static let channel = "tessera_epoch"
    /// Entries read at a time.
    static let batchSize = 1000

    /// Appends a change. It takes a lock until commit, so it comes last in its transaction.
    /// Returns its number.
    static func append(_ change: DirectoryChange, in session: some PostgresSession) async throws
        -> Int64
    {
        let (kind, tenant, key) = change.columns
        let rows = try await session.query(
            "SELECT cp.log_epoch(\(kind), \(tenant?.uuid), \(key)) AS epoch")
        guard let row = rows.first else {
            throw ServiceError(.internalError, "cp.log_epoch returned no row.")
        }
        return try row.int64("epoch")
    }

    /// The number of the newest change; 0 when there is none.
    static func newest(in session: some PostgresSession) async throws -> Int64 {
        let rows = try await session.query(
            "SELECT coalesce(max(epoch), 0) AS epoch FROM cp.epoch_log")
        return try rows.first?.int64("epoch") ?? 0
    }

    /// How long changes are kept at least, in seconds.
    static let keptSeconds = 86_400

    /// Removes changes older than a day that every process has followed. The newest stays: the next
    /// one's number is read of it.
    static func prune(in session: some PostgresSession) async throws {
        try await session.query(
            """
            DELETE FROM cp.epoch_log WHERE epoch < least(
                (SELECT max(epoch) FROM cp.epoch_log),
                (SELECT min(applied_epoch) FROM cp.node WHERE lease_until > clock_timestamp()))
            AND at < clock_timestamp() - make_interval(secs => \(keptSeconds))
            """)
    }

    /// The number of the oldest change that is kept; 0 when there is none.
    static func oldest(in session: some PostgresSession) async throws -> Int64 {
        let rows = try await session.query(
            "SELECT coalesce(min(epoch), 0) AS epoch FROM cp.epoch_log")
        return try rows.first?.int64("epoch") ?? 0
    }

    /// The changes after an epoch, in order.
    static func changes(after epoch: Int64, in session: some PostgresSession) async throws
        -> [NumberedChange]
    {
        try await session.query(
            """
            SELECT epoch, kind, tenant_id, key FROM cp.epoch_log
            WHERE epoch > \(.integer(epoch)) ORDER BY epoch LIMIT \(batchSize)
            """
        ).map { row in
            let change = DirectoryChange(
                kind: try row.text("kind"), tenant: try row.optionalUUID("tenant_id"),
                key: try row.text("key"))
            return NumberedChange(epoch: try row.int64("epoch"), change: change)
        }
    }
}
