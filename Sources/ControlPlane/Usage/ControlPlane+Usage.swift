import ChromaModel
import Postgres
import Usage

extension ControlPlane: UsageKeeper {
    package func take(_ batch: UsageBatch) async throws -> UsageReceipt {
        try await translatingErrors {
            try await UsageStore.makePartitions(for: batch.cells, in: pool)
            return try await retryingLostTransactions {
                try await pool.transaction { try await UsageStore.take(batch, in: $0) }
            }
        }
    }

    /// Books every hour that is complete, or old enough; then seals and forgets what is due.
    /// As many processes may do so as like to. For tests and the folder.
    package func foldUsage(atMilliseconds now: UInt64) async throws {
        try await translatingErrors {
            while try await pool.transaction({
                try await UsageFoldStore.foldNext(atMilliseconds: now, in: $0)
            }) {}
            try await pool.transaction {
                try await UsageFoldStore.sealPeriods(atMilliseconds: now, in: $0)
                try await UsageFoldStore.forgetCursors(atMilliseconds: now, in: $0)
            }
            while try await pool.transaction({
                try await UsageFoldStore.dropOldestDay(atMilliseconds: now, in: $0)
            }) {}
        }
    }

    /// Runs a transaction again that lost against another.
    private func retryingLostTransactions<Value>(_ body: () async throws -> Value) async throws
        -> Value
    {
        for _ in 1..<Self.usageAttemptsMax {
            do { return try await body() } catch let error as PostgresError where error.isRetryable
            {
                continue
            }
        }
        return try await body()
    }

    private static let usageAttemptsMax = 3
}
