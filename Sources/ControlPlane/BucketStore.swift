import ChromaModel
import Postgres
import RateLimits

/// Table `quota.bucket`. It isn't logged: after a crash of PostgreSQL all buckets are full again,
/// which costs a burst.
enum BucketStore {
    private static let microTokens = 1_000_000.0

    /// Answers one question. The row stays locked until the transaction ends, so questions of one
    /// transaction come in the order of their keys.
    static func acquire(
        _ question: LeaseTable<RateKey>.Question, in session: some PostgresSession
    ) async throws -> LeaseAnswer {
        let full = Int64(question.policy.burst * microTokens)
        // The update that changes nothing locks the row and returns it.
        let rows = try await session.query(
            """
            INSERT INTO quota.bucket AS b (key, tokens_micro, updated_ns)
            VALUES (\(question.key.description), \(.integer(full)),
                (extract(epoch FROM clock_timestamp()) * 1000000000)::bigint)
            ON CONFLICT (key) DO UPDATE SET key = excluded.key
            RETURNING tokens_micro, updated_ns,
                (extract(epoch FROM clock_timestamp()) * 1000000000)::bigint AS now_ns
            """)
        guard let row = rows.first else {
            throw ServiceError(.internalError, "quota.bucket returned no row.")
        }
        let now = UInt64(max(0, try row.int64("now_ns")))
        var bucket = LeaseBucket(
            tokens: Double(try row.int64("tokens_micro")) / microTokens,
            updatedNanoseconds: UInt64(max(0, try row.int64("updated_ns"))))
        let answer = bucket.grant(
            want: question.want, atLeast: question.atLeast, policy: question.policy,
            nowNanoseconds: now)
        try await session.query(
            """
            UPDATE quota.bucket
            SET tokens_micro = \(.integer(Int64(bucket.tokens * microTokens))),
                updated_ns = \(.integer(Int64(clamping: bucket.updatedNanoseconds)))
            WHERE key = \(question.key.description)
            """)
        return answer
    }
}
