import ChromaModel
import Postgres
import RateLimits

/// Table `quota.bucket`. It isn't logged: after a crash of PostgreSQL all buckets are full again,
/// which costs a burst.
enum BucketStore {
    private static let microTokens = 1_000_000.0
    /// A bucket that nobody used for so long is full, as one that isn't there: each holds a
    /// second's worth.
    private static let idleNanoseconds: Int64 = 3_600_000_000_000

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
        let now = try row.nanoseconds("now_ns")
        var bucket = try bucket(row)
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

    /// How much of a tenant's rates is granted and not refilled yet: what was used in the last
    /// second, with what frontends hold for the next. Rates of single tokens are left out.
    static func used(
        of tenant: TenantID, _ quotas: EffectiveQuotas, in session: some PostgresSession
    ) async throws -> [UsageType: Int] {
        let prefix = "\(tenant)/"
        let rows = try await session.query(
            """
            SELECT key, tokens_micro, updated_ns,
                (extract(epoch FROM clock_timestamp()) * 1000000000)::bigint AS now_ns
            FROM quota.bucket WHERE starts_with(key, \(prefix))
            """)
        var used: [UsageType: Int] = [:]
        for row in rows {
            let name = try row.text("key").dropFirst(prefix.count)
            let rate = UsageType(rawValue: String(name)).map { ($0, Double(quotas[$0])) }
            guard let (usage, rate) = rate,
                let policy = RatePolicy(ratePerSecond: rate, burst: rate)
            else { continue }
            let amount = try bucket(row).used(
                of: policy, nowNanoseconds: try row.nanoseconds("now_ns"))
            used[usage] = Int(amount.rounded())
        }
        return used
    }

    /// Forgets the buckets of tokens and tenants that are long idle.
    static func forgetIdle(in session: some PostgresSession) async throws {
        try await session.query(
            """
            DELETE FROM quota.bucket WHERE updated_ns <
                (extract(epoch FROM clock_timestamp()) * 1000000000)::bigint
                - \(.integer(idleNanoseconds))
            """)
    }

    private static func bucket(_ row: Row) throws -> LeaseBucket {
        LeaseBucket(
            tokens: Double(try row.int64("tokens_micro")) / microTokens,
            updatedNanoseconds: try row.nanoseconds("updated_ns"))
    }
}

extension Row {
    fileprivate func nanoseconds(_ column: String) throws -> UInt64 {
        UInt64(max(0, try int64(column)))
    }
}
