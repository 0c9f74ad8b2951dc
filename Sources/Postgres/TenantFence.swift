import ChromaModel

/// Confines what a task asks of a pool to the rows of one tenant: PostgreSQL's row security shows
/// and takes no others, whatever a statement says (migrations/0010-row-security).
///
/// Without one a session sees all tenants. It is held by transactions, and by `PostgresPool.query`,
/// which makes one; who takes a session of its own from the pool isn't confined.
package enum TenantFence {
    @TaskLocal static var tenant: UniqueID?

    /// Runs the body for one tenant; nil for all.
    package static func around<Value>(
        _ tenant: UniqueID?, _ body: () async throws -> Value
    ) async rethrows -> Value {
        try await $tenant.withValue(tenant, operation: body)
    }

    /// What begins a transaction. The id is text of our own making.
    static var begin: String {
        guard let tenant else { return "BEGIN" }
        return "BEGIN; SET LOCAL app.operator = 'off'; SET LOCAL app.tenant = '\(tenant)'"
    }
}
