import ChromaModel
import Postgres

/// The role of PostgreSQL that serves: it works with rows, and owns no table that could be changed.
package struct ApplicationRole: Sendable {
    let name: String

    /// Of the sessions of a pool.
    package init(of pool: PostgresPool) async throws {
        let rows = try await pool.query("SELECT current_user::text AS name")
        name = try rows.first?.text("name") ?? ""
    }

    /// Grants what serving needs, on what is there by now. Run it as the owner after migrations;
    /// running it again changes nothing.
    ///
    /// Of the audit log it may only add events, of the migrations only read.
    func grant(in session: some PostgresSession) async throws {
        let statements = try await session.query(
            """
            SELECT format(line, quote_ident(\(name))) AS line FROM (VALUES
                ('GRANT USAGE ON SCHEMA mig, cp, acl, quota, audit, usage TO %s'),
                ('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA'
                 ' cp, acl, quota, audit, usage TO %s'),
                ('GRANT USAGE ON ALL SEQUENCES IN SCHEMA cp, acl, quota, audit, usage TO %s'),
                ('GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA'
                 ' cp, acl, quota, audit, usage TO %s'),
                ('REVOKE UPDATE, DELETE ON audit.event FROM %s'),
                ('REVOKE EXECUTE ON FUNCTION cp.protect(regclass, name) FROM PUBLIC, %s'),
                ('GRANT SELECT ON mig.applied TO %s')
            ) AS lines (line)
            """)
        // The name is quoted by PostgreSQL itself.
        for row in statements { try await session.query(SQL(stringLiteral: try row.text("line"))) }
    }

    /// Throws `failedPrecondition` when the sessions of a pool would see every tenant's rows
    /// whatever the policies say.
    package static func refuseTheBoundless(in pool: PostgresPool) async throws {
        let rows = try await pool.query(
            """
            SELECT rolname::text AS name FROM pg_roles
            WHERE rolname IN (current_user, session_user) AND (rolsuper OR rolbypassrls)
            """)
        guard let role = try rows.first?.text("name") else { return }
        throw ServiceError(
            .failedPrecondition,
            """
            database.url connects as \(role), a superuser or one with BYPASSRLS, from whom \
            PostgreSQL keeps no tenant's rows: name an ordinary role, with the owner of the schema \
            in database.owner_url, or accept it by database.allow_superuser.
            """)
    }
}
