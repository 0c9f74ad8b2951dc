import Access
import ChromaModel
import Platform
import Postgres

/// A request that its caller may send again: who sent it, and what it says (AIP-155).
package struct IdempotencyKey: Sendable {
    let actor: String
    let requestID: UniqueID
    let method: String
    /// SHA-256 of the request.
    let digest: [UInt8]

    package init(actor: String, requestID: UniqueID, method: String, digest: [UInt8]) {
        self.actor = actor
        self.requestID = requestID
        self.method = method
        self.digest = digest
    }
}

/// Table `cp.idempotency`.
enum IdempotencyStore {
    struct Entry {
        let method: String
        let digest: [UInt8]
        /// nil while the first answer is not known.
        let response: [UInt8]?
    }

    /// Throws a unique violation when the request was carried out before.
    static func insert(
        _ key: IdempotencyKey, tenant: TenantName?, atMilliseconds now: UInt64,
        in session: some PostgresSession
    ) async throws {
        try await session.query(
            """
            INSERT INTO cp.idempotency
                (actor, request_id, method, body_sha256, tenant, create_time)
            VALUES (\(key.actor), \(key.requestID), \(key.method), \(key.digest),
                \(tenant?.value ?? ""), \(.timestamp(now)))
            """)
    }

    static func find(_ key: IdempotencyKey, in session: some PostgresSession) async throws
        -> Entry?
    {
        try await session.query(
            """
            SELECT method, body_sha256, response FROM cp.idempotency
            WHERE actor = \(key.actor) AND request_id = \(key.requestID)
            """
        ).first.map { row in
            Entry(
                method: try row.text("method"), digest: try row.bytes("body_sha256"),
                response: try row.optionalBytes("response"))
        }
    }

    static func setResponse(
        _ response: [UInt8], of key: IdempotencyKey, in session: some PostgresSession
    ) async throws {
        try await session.query(
            """
            UPDATE cp.idempotency SET response = \(response)
            WHERE actor = \(key.actor) AND request_id = \(key.requestID)
            """)
    }

    static func removeAll(beforeMilliseconds time: UInt64, in session: some PostgresSession)
        async throws
    {
        try await session.query(
            "DELETE FROM cp.idempotency WHERE create_time < \(.timestamp(time))")
    }
}

extension ControlPlane {
    /// How long a request's id is remembered.
    package static let idempotencyHours: UInt64 = 24

    /// The first answer to a request that was carried out before; nil when it was not.
    ///
    /// Throws `alreadyExists` when the id came with another request, `aborted` while the first
    /// answer is not known.
    package func firstAnswer(to key: IdempotencyKey) async throws -> [UInt8]? {
        let entry = try await translatingErrors {
            try await IdempotencyStore.find(key, in: pool)
        }
        guard let entry else { return nil }
        guard entry.method == key.method, entry.digest == key.digest else {
            throw ServiceError(
                .alreadyExists, "request_id was used for another request; take a new one.")
        }
        guard let response = entry.response else {
            throw ServiceError(
                .aborted,
                "The request was carried out, but its answer is not kept (yet); try again, or"
                    + " look at what it made.")
        }
        return response
    }

    /// Keeps the answer, which holds no secret, for whoever asks again.
    package func keepAnswer(_ response: [UInt8], to key: IdempotencyKey) async throws {
        try await translatingErrors {
            try await IdempotencyStore.setResponse(response, of: key, in: pool)
        }
    }

    func forgetOldRequests() async throws {
        let now = time.unixMilliseconds()
        let kept = Self.idempotencyHours * 3_600_000
        try await translatingErrors {
            try await IdempotencyStore.removeAll(
                beforeMilliseconds: now - min(now, kept), in: pool)
        }
    }
}
