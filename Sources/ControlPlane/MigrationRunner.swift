import ChromaModel
import Logging
import Postgres

/// Brings a database to the schema of this release: forward only, checked, one process at a
/// time. All calls throw `ServiceError`.
package struct MigrationRunner: Sendable {
    /// The advisory lock of the migrations; a constant of ours.
    private static let lockKey = 0x7465_7373_6572_61
    private static let lockPollMilliseconds = 100
    /// How long another process may take with its migrations.
    private static let lockSeconds = 600

    private let pool: PostgresPool
    private let catalog: MigrationCatalog
    private let logger: Logger
    private let role: ApplicationRole?

    /// - Parameters:
    ///   - pool: sessions of the schema's owner.
    ///   - role: who serves, when that isn't the owner: gets its grants after each run.
    package init(
        pool: PostgresPool, catalog: MigrationCatalog, role: ApplicationRole? = nil, logger: Logger
    ) {
        self.pool = pool
        self.role = role
        self.catalog = catalog
        self.logger = logger
    }

    /// Applies what is pending, each migration in a transaction of its own, and returns it.
    /// Throws `failedPrecondition` when the database does not fit this release.
    @discardableResult
    package func up() async throws -> [Migration] {
        try await translatingErrors {
            // Most starts find nothing to do and need no lock.
            guard try await !pending(in: pool).isEmpty || role != nil else { return [] }
            return try await pool.withConnection { connection in
                // Locks and settings end with the session, whatever happens.
                defer { connection.close() }
                let applied = try await applyAll(on: connection)
                try await role?.grant(in: connection)
                return applied
            }
        }
    }

    /// Each migration of this release and whether it is applied.
    /// Throws `failedPrecondition` when the database does not fit this release.
    package func status() async throws -> [MigrationStatus] {
        try await translatingErrors {
            let pending = Set(try await pending(in: pool).map(\.version))
            return catalog.migrations.map {
                MigrationStatus(migration: $0, isApplied: !pending.contains($0.version))
            }
        }
    }

    /// Throws `failedPrecondition` unless everything is applied and the schema is what the last
    /// migration left, as of this PostgreSQL's way of printing it.
    package func verify() async throws {
        try await translatingErrors {
            guard let next = try await pending(in: pool).first else {
                return try await checkDrift()
            }
            throw ServiceError(
                .failedPrecondition,
                "Migration \(next.version) (\(next.name)) is pending; run `tessera migrate up`.")
        }
    }

    private func checkDrift() async throws {
        let recorded = try await AppliedMigration.list(in: pool).last?.fingerprint
        guard try await CatalogFingerprint.compute(in: pool) == recorded else {
            throw ServiceError(
                .failedPrecondition,
                "The schema was changed by hand since the last migration: compare it with"
                    + " migrations/schema.sql and put it back.")
        }
    }
}

/// A migration and whether the database has it.
package struct MigrationStatus: Sendable {
    package let migration: Migration
    package let isApplied: Bool
}

extension MigrationRunner {
    private func applyAll(on connection: PostgresConnection) async throws -> [Migration] {
        try await connection.runScript("SET statement_timeout = 0; SET lock_timeout = '30s'")
        try await checkEncoding(connection)
        try await lock(connection)
        var applied: [Migration] = []
        // Read again under the lock: another process may have been faster.
        for migration in try await pending(in: connection) {
            try await apply(migration, on: connection)
            applied.append(migration)
        }
        return applied
    }

    /// The migrations to come. Throws when what was applied is not what this release knows.
    private func pending(in session: some PostgresSession) async throws -> [Migration] {
        let applied = try await AppliedMigration.list(in: session)
        for (place, row) in applied.enumerated() {
            try check(row, expectedVersion: place + 1)
        }
        return Array(catalog.migrations.dropFirst(applied.count))
    }

    private func check(_ row: AppliedMigration, expectedVersion: Int) throws {
        let what = "Migration \(row.version) (\(row.name))"
        guard row.version == expectedVersion else {
            throw ServiceError(
                .failedPrecondition,
                "Migration \(expectedVersion) is missing from the database, but \(row.version) is"
                    + " there: restore the database from a backup.")
        }
        guard row.version <= catalog.migrations.count else {
            throw ServiceError(
                .failedPrecondition,
                "\(what) was applied by a newer release: start that release or a later one.")
        }
        let known = catalog.migrations[row.version - 1]
        guard known.checksum == row.checksum, known.name == row.name else {
            throw ServiceError(
                .failedPrecondition,
                "\(what) was changed after it was applied: reinstall this release's migrations,"
                    + " and put changes into a new migration.")
        }
    }

    private func apply(_ migration: Migration, on connection: PostgresConnection) async throws {
        logger.info(
            "applying a migration",
            metadata: ["version": "\(migration.version)", "name": "\(migration.name)"])
        do {
            try await connection.transaction { transaction in
                try await transaction.runScript(migration.script)
                try await AppliedMigration.insert(
                    migration,
                    fingerprint: try await CatalogFingerprint.compute(in: transaction),
                    in: transaction)
            }
        } catch let error as PostgresError where !error.isUnavailable {
            throw ServiceError(
                .failedPrecondition,
                "Migration \(migration.version) (\(migration.name)) failed and was rolled back:"
                    + " \(error.message)", cause: error)
        }
    }

    /// Polls for the lock: waiting inside PostgreSQL for it deadlocks with a concurrent index
    /// build, which waits for every older transaction.
    private func lock(_ connection: PostgresConnection) async throws {
        for _ in 0..<(Self.lockSeconds * 1000 / Self.lockPollMilliseconds) {
            let rows = try await connection.query(
                "SELECT pg_try_advisory_lock(\(Self.lockKey)) AS got")
            if try rows.first?.bool("got") == true { return }
            try await Task.sleep(for: .milliseconds(Self.lockPollMilliseconds))
        }
        throw ServiceError(
            .unavailable,
            "Another process has been migrating for \(Self.lockSeconds) s: look at it, then"
                + " start again.")
    }

    private func checkEncoding(_ session: some PostgresSession) async throws {
        let rows = try await session.query("SELECT current_setting('server_encoding') AS name")
        guard try rows.first?.text("name") == "UTF8" else {
            throw ServiceError(
                .failedPrecondition, "The database is not in UTF8: create it with ENCODING 'UTF8'.")
        }
    }
}
