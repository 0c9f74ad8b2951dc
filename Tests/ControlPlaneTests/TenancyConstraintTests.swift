import Access
import ChromaModel
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

struct TenancyConstraintTests {
    @Test("no row can refer to another tenant's: the database itself refuses")
    func crossTenant() async throws {
        try await Fixture.run { fixture in
            let acme = try await fixture.makeTenant("acme")
            let rival = try await fixture.makeTenant("rival")
            let theirs = try await fixture.makeDatabase("main", in: rival)
            let token = try await fixture.makeToken(acme).record
            let other = try await fixture.makeToken(rival).record
            let plant: [SQL] = [
                """
                INSERT INTO acl.token_database VALUES (\(acme.id), \(token.keyID), \(theirs.id))
                """,
                """
                INSERT INTO acl.token_database VALUES (\(rival.id), \(token.keyID), \(theirs.id))
                """,
                """
                UPDATE acl.token SET principal_id = (SELECT principal_id FROM acl.token
                    WHERE kid = \(other.keyID)) WHERE kid = \(token.keyID)
                """,
                "UPDATE acl.token SET tenant_id = \(rival.id) WHERE kid = \(token.keyID)",
                "UPDATE acl.token SET tenant_id = NULL WHERE kid = \(token.keyID)",
                """
                UPDATE acl.token SET kind = 'operator', role = 'operator', tenant_id = NULL
                    WHERE kid = \(token.keyID)
                """,
                "UPDATE acl.token SET role = 'operator' WHERE kid = \(token.keyID)",
            ]
            for statement in plant {
                let error = await #expect(throws: PostgresError.self) {
                    try await fixture.pool.query(statement)
                }
                // Class 23 is a broken constraint.
                #expect(error?.sqlState.hasPrefix("23") == true, "\(statement.text)")
            }
        }
    }

    @Test("every change of a row raises its revision")
    func revisions() async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme")
            try await fixture.pool.query(
                "UPDATE cp.tenant SET rev = 77 WHERE id = \(tenant.id)")
            let row = try await fixture.pool.query(
                "SELECT rev FROM cp.tenant WHERE id = \(tenant.id)"
            ).first
            #expect(try row?.int64("rev") == 2)
        }
    }
}
