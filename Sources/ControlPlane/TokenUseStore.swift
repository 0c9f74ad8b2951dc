import Access
import Postgres

/// Table `acl.token_use`.
enum TokenUseStore {
    /// Notes when tokens were used; an older time than the known one changes nothing, nor does a
    /// token that is gone.
    ///
    /// - Parameter uses: sorted by key id, so that two writers never wait for each other.
    static func record(
        _ uses: [(keyID: TokenKeyID, milliseconds: UInt64)], in session: some PostgresSession
    ) async throws {
        let keyIDs = uses.map(\.keyID.value)
        let times = uses.map { String($0.milliseconds) }
        try await session.query(
            """
            INSERT INTO acl.token_use AS known (kid, last_use_time)
            SELECT k.kid, to_timestamp(u.at::bigint / 1000.0)
            FROM unnest(\(keyIDs), \(times)) AS u (kid, at)
            JOIN acl.token k ON k.kid = u.kid ORDER BY k.kid FOR KEY SHARE OF k
            ON CONFLICT (kid) DO UPDATE SET last_use_time = excluded.last_use_time
            WHERE known.last_use_time < excluded.last_use_time
            """)
    }

    /// In Unix milliseconds; those that were never used are left out.
    static func find(_ keyIDs: [TokenKeyID], in session: some PostgresSession) async throws
        -> [TokenKeyID: UInt64]
    {
        let rows = try await session.query(
            """
            SELECT kid, last_use_time FROM acl.token_use
            WHERE kid = ANY(\(keyIDs.map(\.value)))
            """)
        let pairs = try rows.map { row in
            (TokenKeyID(try row.text("kid")), try row.milliseconds("last_use_time"))
        }
        return Dictionary(pairs) { first, _ in first }
    }
}
