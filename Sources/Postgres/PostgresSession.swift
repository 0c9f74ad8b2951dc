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
