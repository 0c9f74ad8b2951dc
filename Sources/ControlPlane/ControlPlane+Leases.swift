import ChromaModel
import Postgres
import RateLimits

extension ControlPlane {
    /// Forgets buckets that are full because nobody used them for an hour.
    func forgetIdleBuckets() async throws {
        try await translatingErrors { try await BucketStore.forgetIdle(in: pool) }
    }
}

extension ControlPlane: LeaseKeeper {
    package func acquire(_ questions: [LeaseTable<RateKey>.Question]) async throws -> [LeaseAnswer]
    {
        try await translatingErrors {
            try await pool.transaction { transaction in
                var answers: [LeaseAnswer] = []
                // They come sorted by key, which keeps two frontends from locking each other out.
                for question in questions {
                    answers.append(try await BucketStore.acquire(question, in: transaction))
                }
                return answers
            }
        }
    }
}
