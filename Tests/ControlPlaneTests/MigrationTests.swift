import ChromaModel
import Platform
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

struct MigrationTests {
    private static let first = ("0001-first", "CREATE SCHEMA mig; \(appliedTable)")
    private static let second = ("0002-second", "CREATE SCHEMA cp; CREATE TABLE cp.b (a int8);")
    private static let appliedTable = """
        CREATE TABLE mig.applied (version int PRIMARY KEY, name text, sha256 bytea,
            fingerprint bytea);
        """

    @Test("nothing is pending afterwards, and a second time does nothing")
    func idempotent() async throws {
        try await TemporaryPostgres.withPool { pool in
            let runner = try runner(pool, Fixture.catalog())
            #expect(try await !runner.up().isEmpty)
            #expect(try await runner.up().isEmpty)
            #expect(try await runner.status().allSatisfy(\.isApplied))
            try await runner.verify()
        }
    }

    @Test("schema.sql is the sum of the migrations")
    func schemaFile() async throws {
        let directory = try MigrationCatalog.defaultDirectory()
        let schema = try text(directory + "/schema.sql")
        try await TemporaryPostgres.withPool { migrated in
            try await runner(migrated, Fixture.catalog()).up()
            try await TemporaryPostgres.withPool { whole in
                try await whole.withConnection { try await $0.runScript(schema) }
                #expect(
                    try await CatalogFingerprint.lines(in: whole)
                        == CatalogFingerprint.lines(in: migrated))
            }
        }
    }

    @Test("several processes at once apply every migration once")
    func concurrent() async throws {
        let info = try await TemporaryPostgres.makeDatabase()
        let pools = (0..<4).map { _ in PostgresPool(connectionInfo: info, connectionsMax: 2) }
        let catalog = try catalog([Self.first, Self.second])
        let applied = try await withThrowingTaskGroup(of: Int.self) { group in
            for pool in pools {
                group.addTask { try await runner(pool, catalog).up().count }
            }
            return try await group.reduce(0, +)
        }
        #expect(applied == 2)
        try await runner(pools[0], catalog).verify()
        for pool in pools { await pool.close() }
    }

    @Test("a changed migration is refused")
    func changed() async throws {
        try await TemporaryPostgres.withPool { pool in
            try await runner(pool, catalog([Self.first])).up()
            let edited = try catalog([("0001-first", Self.first.1 + " ")])
            await expectRefusal(.failedPrecondition) {
                try await runner(pool, edited).up()
            }
            let renamed = try catalog([("0001-fist", Self.first.1)])
            await expectRefusal(.failedPrecondition) {
                _ = try await runner(pool, renamed).status()
            }
        }
    }

    @Test("a migration that only a newer release knows is refused")
    func newer() async throws {
        try await TemporaryPostgres.withPool { pool in
            try await runner(pool, catalog([Self.first, Self.second])).up()
            let older = try catalog([Self.first])
            await expectRefusal(.failedPrecondition) { try await runner(pool, older).up() }
        }
    }

    @Test("a migration missing from the database's record, or from the files, is refused")
    func missing() async throws {
        #expect(throws: ServiceError.self) { try catalog([Self.second]) }
        try await TemporaryPostgres.withPool { pool in
            let both = try catalog([Self.first, Self.second])
            try await runner(pool, both).up()
            try await pool.query("DELETE FROM mig.applied WHERE version = 1")
            await expectRefusal(.failedPrecondition) { try await runner(pool, both).up() }
        }
    }

    @Test("a migration that fails leaves nothing, and the one before it stays")
    func failing() async throws {
        try await TemporaryPostgres.withPool { pool in
            let broken = try catalog([
                Self.first, ("0002-broken", "CREATE SCHEMA cp; SELECT 1 / 0;"),
            ])
            await expectRefusal(.failedPrecondition) { try await runner(pool, broken).up() }
            #expect(
                try await pool.query("SELECT FROM pg_namespace WHERE nspname = 'cp'").isEmpty)
            #expect(
                try await runner(pool, catalog([Self.first, Self.second])).up().map(\.version)
                    == [2])
        }
    }

    @Test("a change made by hand is noticed, and so is a pending migration")
    func drift() async throws {
        try await TemporaryPostgres.withPool { pool in
            let one = try catalog([Self.first])
            try await runner(pool, one).up()
            let both = try catalog([Self.first, Self.second])
            await expectRefusal(.failedPrecondition) { try await runner(pool, both).verify() }
            try await runner(pool, both).up()
            try await runner(pool, both).verify()
            try await pool.query("ALTER TABLE cp.b ADD COLUMN sneaky text")
            await expectRefusal(.failedPrecondition) { try await runner(pool, both).verify() }
        }
    }

    private func runner(_ pool: PostgresPool, _ catalog: MigrationCatalog) -> MigrationRunner {
        MigrationRunner(pool: pool, catalog: catalog, logger: TemporaryPostgres.quiet)
    }

    private func catalog(_ migrations: [(String, String)]) throws -> MigrationCatalog {
        try MigrationCatalog(migrations.map { try Migration(directory: $0.0, script: $0.1) })
    }

    private func text(_ path: String) throws -> String {
        String(decoding: try PosixFileSystem().readAll(path), as: UTF8.self)
    }
}
