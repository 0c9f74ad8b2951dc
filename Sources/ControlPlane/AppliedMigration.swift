import Postgres

/// A row of `mig.applied`.
struct AppliedMigration: Sendable {
    let version: Int
    let name: String
    let checksum: [UInt8]
    let fingerprint: [UInt8]

    /// What was applied, in order; nothing when the database is new.
    static func list(in session: some PostgresSession) async throws -> [AppliedMigration] {
        let table = try await session.query(
            "SELECT to_regclass('mig.applied') IS NOT NULL AS is_there")
        guard try table.first?.bool("is_there") == true else { return [] }
        return try await session.query(
            "SELECT version, name, sha256, fingerprint FROM mig.applied ORDER BY version"
        ).map { row in
            AppliedMigration(
                version: Int(try row.int64("version")), name: try row.text("name"),
                checksum: try row.bytes("sha256"), fingerprint: try row.bytes("fingerprint"))
        }
    }

    static func insert(
        _ migration: Migration, fingerprint: [UInt8], in session: some PostgresSession
    ) async throws {
        try await session.query(
            """
            INSERT INTO mig.applied (version, name, sha256, fingerprint) VALUES
            (\(migration.version)::integer, \(migration.name), \(migration.checksum),
             \(fingerprint))
            """)
    }
}
