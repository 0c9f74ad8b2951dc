import Access
import ChromaModel
import Postgres

/// The purge of deleted tenants, as the rows know it.
///
/// A claim is for `claimSeconds`: several processes may look for work at once, and one that died
/// with a claim is replaced. Purging the same tenant twice at once does no harm.
enum PurgeStore {
    static let claimSeconds: UInt64 = 300

    /// Claims a tenant whose time has come; nil when there is none.
    static func claimDue(atMilliseconds now: UInt64, in session: some PostgresSession)
        async throws -> TenantID?
    {
        let staleBefore = now - min(now, claimSeconds * 1000)
        return try await session.query(
            """
            UPDATE cp.tenant SET purge_claim_time = \(.timestamp(now)) WHERE id = (
                SELECT id FROM cp.tenant WHERE purge_time <= \(.timestamp(now))
                AND coalesce(purge_claim_time, '-infinity') <= \(.timestamp(staleBefore))
                ORDER BY purge_time LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING id
            """
        ).first.map { TenantID(try $0.uuid("id")) }
    }

    /// Claims a deleted tenant now, whatever its time; it can't be undeleted from then on.
    static func claim(
        _ id: TenantID, atMilliseconds now: UInt64, in session: some PostgresSession
    ) async throws {
        try await session.query(
            """
            UPDATE cp.tenant SET purge_claim_time = \(.timestamp(now)), purge_time =
                least(purge_time, greatest(delete_time, \(.timestamp(now))))
            WHERE id = \(id) AND delete_time IS NOT NULL
            """)
    }

    /// Removes a tenant's row and all that hang from it. Returns its name; nil when somebody else
    /// was faster.
    static func removeRows(of id: TenantID, in session: some PostgresSession) async throws
        -> TenantName?
    {
        let removed = try await session.query(
            """
            DELETE FROM cp.tenant WHERE id = \(id) AND purge_claim_time IS NOT NULL RETURNING name
            """)
        guard let name = try removed.first.map({ TenantName(try $0.text("name")) }) else {
            return nil
        }
        // Who still reads them reads that anything may have changed, which is safe.
        try await session.query(
            """
            UPDATE cp.epoch_log SET kind = 'reset', key = '', tenant_id = NULL
            WHERE tenant_id = \(id)
            """)
        try await session.query("DELETE FROM cp.idempotency WHERE tenant = \(name)")
        let bucketPrefix = "\(id)/"
        try await session.query(
            "DELETE FROM quota.bucket WHERE starts_with(key, \(bucketPrefix))")
        return name
    }
}
