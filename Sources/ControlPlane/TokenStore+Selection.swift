import Access
import ChromaModel
import Postgres

extension TokenStore {
    /// One of the key ids that the owner has no token of; nil when there are all.
    static func missing(
        _ keyIDs: [TokenKeyID], of tenant: TenantID?, in session: some PostgresSession
    ) async throws -> TokenKeyID? {
        let rows = try await session.query(
            """
            SELECT kid FROM acl.token WHERE kid = ANY(\(keyIDs.map(\.value)))
            AND tenant_id IS NOT DISTINCT FROM \(tenant?.uuid)
            """)
        let found = Set(try rows.map { TokenKeyID(try $0.text("kid")) })
        return keyIDs.first { !found.contains($0) }
    }

    /// Revokes the live ones of a selection for good, in the order of their ids so that two of
    /// these never wait for each other. How many there were.
    static func revoke(
        _ selection: TokenSelection, of tenant: TenantID?, atMilliseconds now: UInt64,
        in session: some PostgresSession
    ) async throws -> Int {
        try await session.query(
            """
            WITH meant AS (
                SELECT kid FROM acl.token
                WHERE tenant_id IS NOT DISTINCT FROM \(tenant?.uuid) AND revoke_time IS NULL
                AND \(condition(selection)) ORDER BY kid FOR UPDATE)
            UPDATE acl.token k SET revoke_time = greatest(create_time, \(.timestamp(now)))
            FROM meant WHERE k.kid = meant.kid RETURNING k.kid
            """
        ).count
    }

    private static func condition(_ selection: TokenSelection) -> SQL {
        switch selection {
        case .keyIDs(let keyIDs): "kid = ANY(\(keyIDs.map(\.value)))"
        case .creator(let creator): "creator = \(creator)"
        case .all: "true"
        }
    }
}
