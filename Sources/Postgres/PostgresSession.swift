/// Something statements can be sent to: the pool, a connection, a transaction.
package protocol PostgresSession: Sendable {
    /// Runs one statement. Throws `PostgresError`.
    @discardableResult
    func query(_ sql: SQL) async throws -> [Row]
}

/// The inside of `PostgresPool.transaction`: valid until its closure returns.
package struct PostgresTransaction: PostgresSession {
    let connection: PostgresConnection

    @discardableResult
    package func query(_ sql: SQL) async throws -> [Row] { try await connection.query(sql) }

    /// Runs several statements without parameters, as a migration has them.
    package func runScript(_ text: String) async throws { try await connection.runScript(text) }
}

extension PostgresConnection {
    /// Runs the body in a transaction, committed when it returns and rolled back when it throws.
    /// Throws `PostgresError`, or what the body threw.
    @discardableResult
    package func transaction<Value: Sendable>(
        _ body: @Sendable (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        try await runScript(TenantFence.begin)
        do {
            let value = try await body(PostgresTransaction(connection: self))
            try await commit()
            return value
        } catch {
            // A session whose rollback fails is in no state to be lent again, and is not.
            _ = try? await query("ROLLBACK")
            throw error
        }
    }
}
