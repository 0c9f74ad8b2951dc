import Access
import ChromaModel
import Postgres

/// What becomes of a tenant's tokens (table `acl.token`) when the tenant is deleted and undeleted.
enum TenantTokens {
    /// Revokes every token of a deleted tenant that is not revoked yet.
    static func revoke(
        of tenant: TenantID, atMilliseconds now: UInt64, in session: some PostgresSession
    ) async throws {
        try await session.query(
            """
            UPDATE acl.token SET revoked_with_tenant = true,
                revoke_time = greatest(create_time, \(.timestamp(now)))
            WHERE tenant_id = \(tenant) AND revoke_time IS NULL
            """)
    }

    /// Gives back what `revoke` took, and nothing that was revoked by itself.
    static func restore(of tenant: TenantID, in session: some PostgresSession) async throws {
        try await session.query(
            """
            UPDATE acl.token SET revoked_with_tenant = false, revoke_time = NULL
            WHERE tenant_id = \(tenant) AND revoked_with_tenant
            """)
    }
}
