import ControlPlane
import Postgres
import TestSupport

/// A migrated PostgreSQL for the tests of this target.
enum TestDatabase {
    /// Lends a pool on a database of its own to `body`.
    static func use(_ body: (PostgresPool) async throws -> Void) async throws {
        try await TemporaryPostgres.withPool { pool in
            let catalog = try MigrationCatalog.load(
                directory: MigrationCatalog.defaultDirectory())
            _ = try await MigrationRunner(
                pool: pool, catalog: catalog, logger: TemporaryPostgres.quiet
            ).up()
            try await body(pool)
        }
    }
}
