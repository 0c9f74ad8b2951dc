import Access
import ChromaModel
import Postgres

extension TokenStore {
    /// Holds a token as it is until the transaction ends. Whether the owner has it.
    static func lock(
        _ keyID: TokenKeyID, of tenant: TenantID?, in session: some PostgresSession
    ) async throws -> Bool {
        try await !session.query(
            """
            SELECT kid FROM acl.token
            WHERE kid = \(keyID) AND tenant_id IS NOT DISTINCT FROM \(tenant?.uuid) FOR UPDATE
            """
        ).isEmpty
    }

    /// Inserts a token with the principal, role and reach of another, and ends that one's time
    /// when its grace is over.
    static func insertSuccessor(
        _ keyID: TokenKeyID, _ hash: (mac: [UInt8], pepperVersion: Int), of old: TokenRecord,
        _ rotation: TokenRotation, atMilliseconds now: UInt64, in session: some PostgresSession
    ) async throws {
        let expiry = rotation.expiresAtMilliseconds ?? old.expiresAtMilliseconds
        let graceEnd = now + UInt64(rotation.graceSeconds) * 1000
        try await session.query(
            """
            INSERT INTO acl.token (kid, kind, tenant_id, principal_id, role, mac, pepper_version,
                display_name, all_databases, bootstrap, actions, collections, ip_allow, creator,
                create_time, expire_time)
            SELECT \(keyID), kind, tenant_id, principal_id, role, \(hash.mac),
                \(hash.pepperVersion)::integer, display_name, all_databases, false, actions,
                collections, ip_allow, \(rotation.creator), \(.timestamp(now)),
                \(.timestamp(expiry))
            FROM acl.token WHERE kid = \(old.keyID)
            """)
        try await session.query(
            """
            INSERT INTO acl.token_database (tenant_id, kid, database_id)
            SELECT tenant_id, \(keyID), database_id FROM acl.token_database
            WHERE kid = \(old.keyID)
            """)
        try await session.query(
            """
            UPDATE acl.token SET replaced_by = \(keyID), grace_until =
                greatest(create_time, least(\(.timestamp(graceEnd)), expire_time))
            WHERE kid = \(old.keyID)
            """)
    }
}
