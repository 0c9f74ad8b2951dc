import ChromaModel
import Platform
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// What PostgreSQL itself keeps from whom.
struct RowSecurityTests {
    /// A migrated database and a pool of an ordinary role on it. The role is of this database
    /// alone, for the server of the tests is shared.
    private func withRole(
        owner: Bool = false,
        _ body: (_ admin: PostgresPool, _ role: PostgresPool) async throws -> Void
    ) async throws {
        let info = try await TemporaryPostgres.makeDatabase()
        let admin = PostgresPool(connectionInfo: info, connectionsMax: 2)
        let name = "role_\(String(SystemRandomSource().next(), radix: 36))"
        try await admin.withConnection { try await $0.runScript("CREATE ROLE \(name) LOGIN") }
        if owner {
            let database = try await admin.query("SELECT current_database()::text AS name")
            let own = try #require(try database.first?.text("name"))
            try await admin.withConnection {
                try await $0.runScript("ALTER DATABASE \(own) OWNER TO \(name)")
            }
        }
        let role = PostgresPool(connectionInfo: "\(info) user=\(name)", connectionsMax: 2)
        try await MigrationRunner(
            pool: owner ? role : admin, catalog: Fixture.catalog(),
            role: try await ApplicationRole(of: role), logger: TemporaryPostgres.quiet
        ).up()
        for tenant in [Self.own, Self.foreign] {
            try await admin.query(
                """
                INSERT INTO cp.tenant (id, name, create_time)
                VALUES (\(tenant), \("tenant-\(tenant)"), now())
                """)
        }
        try await body(admin, role)
        await admin.close()
        await role.close()
    }

    private static let own = UniqueID(version4From: (1, 2))
    private static let foreign = UniqueID(version4From: (3, 4))

    private static func tenants(_ session: some PostgresSession) async throws -> Int64? {
        try await session.query("SELECT count(*) AS number FROM cp.tenant").first?.int64("number")
    }

    @Test(
        "who says of no tenant sees none, the owner of the tables neither",
        arguments: [false, true])
    func nobody(isOwner: Bool) async throws {
        try await withRole(owner: isOwner) { _, role in
            #expect(try await Self.tenants(role) == 2)
            try await role.withConnection { session in
                try await session.runScript("RESET app.operator")
                #expect(try await Self.tenants(session) == 0)
                session.close()
            }
        }
    }

    @Test("inside a fence there is one tenant, to read and to write")
    func fence() async throws {
        try await withRole { _, role in
            try await TenantFence.around(Self.own) {
                let ids = try await role.query("SELECT id FROM cp.tenant")
                #expect(try ids.map { try $0.uuid("id") } == [Self.own])
                try await role.query("UPDATE cp.tenant SET display_name = 'changed'")
                await #expect(throws: PostgresError.self) {
                    try await role.query(
                        """
                        INSERT INTO cp.database (tenant_id, id, name, create_time)
                        VALUES (\(Self.foreign), \(Self.own), 'planted', now())
                        """)
                }
            }
            let changed = try await role.query(
                "SELECT id FROM cp.tenant WHERE display_name = 'changed'")
            #expect(try changed.map { try $0.uuid("id") } == [Self.own])
        }
    }

    @Test("the fence is gone from a session that is lent to the next")
    func lent() async throws {
        try await withRole { _, role in
            for _ in 0..<4 {
                try await TenantFence.around(Self.own) {
                    let seen = try await Self.tenants(role)
                    #expect(seen == 1)
                }
                #expect(try await Self.tenants(role) == 2)
            }
        }
    }

    @Test("the role that serves changes no table and no event, and forges no migration")
    func privileges() async throws {
        try await withRole { _, role in
            for statement in [
                "DELETE FROM audit.event", "UPDATE audit.event SET actor = 'x'",
                "TRUNCATE audit.event", "DELETE FROM mig.applied", "DROP TABLE cp.tenant",
                "ALTER TABLE cp.tenant DISABLE ROW LEVEL SECURITY", "CREATE TABLE cp.planted ()",
                "SELECT cp.protect('cp.tenant', 'id')", "SELECT usage.drop_day('hour')",
            ] {
                await #expect(throws: PostgresError.self, "\(statement)") {
                    try await role.query(SQL(stringLiteral: statement))
                }
            }
            try await role.query("SELECT usage.ensure_day('2030-01-01')")
            try await role.query("SELECT usage.drop_day('cell_20300101')")
        }
    }

    @Test("every table with a tenant's id is behind a policy that is forced on its owner")
    func everyTable() async throws {
        try await withRole { admin, _ in
            let open = try await admin.query(
                """
                SELECT c.oid::regclass::text AS name FROM pg_class c
                JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
                    AND n.nspname NOT IN ('pg_catalog', 'information_schema')
                    AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid
                                AND a.attname = 'tenant_id' AND NOT a.attisdropped)
                    AND NOT (c.relrowsecurity AND c.relforcerowsecurity
                             AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))
                """)
            let names = try open.map { try $0.text("name") }
            #expect(names.isEmpty, "SELECT cp.protect(…) in the migration that makes \(names)")
        }
    }

    @Test("a superuser is refused, an ordinary role is not")
    func superuser() async throws {
        try await withRole { admin, role in
            try await ApplicationRole.refuseTheBoundless(in: role)
            await #expect(throws: ServiceError.self) {
                try await ApplicationRole.refuseTheBoundless(in: admin)
            }
        }
    }
}
