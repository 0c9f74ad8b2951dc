import Access
import ChromaModel
import Glibc
import Logging
import Platform
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// A control plane on a database of its own, migrated, with the doors a client comes through.
struct Fixture {
    let pool: PostgresPool
    let controlPlane: ControlPlane
    let authenticator: Authenticator
    let authoriser: Authoriser
    let time = ManualTimeSource()
    let peppers: Peppers

    /// Runs a body with a fixture, and another control plane on the same database when asked.
    static func run(_ body: (Fixture) async throws -> Void) async throws {
        let info = try await TemporaryPostgres.makeDatabase()
        try await run(on: info) { fixture in
            try await MigrationRunner(
                pool: fixture.pool, catalog: try Self.catalog(), logger: TemporaryPostgres.quiet
            ).up()
            try await body(fixture)
        }
    }

    /// Runs a body with a fixture on a migrated database.
    static func run(on info: String, _ body: (Fixture) async throws -> Void) async throws {
        let fixture = try Fixture(PostgresPool(connectionInfo: info, connectionsMax: 4))
        do {
            try await body(fixture)
            await fixture.pool.close()
        } catch {
            await fixture.pool.close()
            throw error
        }
    }

    static func catalog() throws -> MigrationCatalog {
        try MigrationCatalog.load(directory: try MigrationCatalog.defaultDirectory())
    }

    private init(_ pool: PostgresPool) throws {
        self.pool = pool
        let peppers = try Peppers([Pepper(version: 1, key: Array(repeating: 5, count: 32))])
        self.peppers = peppers
        controlPlane = ControlPlane(
            pool: pool, engines: ReferenceEngine(), peppers: peppers, time: time,
            random: SystemRandomSource(), logger: TemporaryPostgres.quiet)
        authenticator = Authenticator(
            directory: controlPlane, peppers: peppers, time: time, uses: controlPlane.uses)
        authoriser = Authoriser(
            directory: controlPlane, conformanceMode: true, time: time)
    }

    /// A second process on the same database.
    func another() throws -> Fixture { try Fixture(pool) }

    /// The scope an operator gets.
    func scope(_ tenant: TenantRecord) async throws -> TenantScope {
        try await authoriser.tenantScope(
            for: Self.operator, .getTenant, tenant: tenant.name)
    }

    func scope(_ database: DatabaseRecord) async throws -> DatabaseScope {
        try #require(
            try await authoriser.databaseScope(
                for: Self.operator, .getDatabase, tenant: database.tenantName,
                database: database.name))
    }

    func makeTenant(_ name: String) async throws -> TenantRecord {
        try await controlPlane.createTenant(named: TenantName(name))
    }

    func makeDatabase(_ name: String, in tenant: TenantRecord) async throws -> DatabaseRecord {
        try await controlPlane.createDatabase(
            named: DatabaseName(name), in: try await scope(tenant))
    }

    func makeToken(_ tenant: TenantRecord, databases: [DatabaseName]? = nil) async throws
        -> MintedToken
    {
        try await controlPlane.createToken(
            TokenDraft(
                scope: try await scope(tenant), role: .admin, databases: databases,
                displayName: "test"))
    }

    /// Whether a token is let in.
    func accepts(_ token: String) async throws -> Bool {
        do {
            _ = try await authenticator.authenticate(presented: token)
            return true
        } catch let error as ServiceError where error.code == .unauthenticated {
            return false
        }
    }

    private static let `operator` = Principal(
        credential: .token(TokenKeyID("AAAAAAAAAAA")), role: .operator, tenant: nil,
        tenantName: nil, databases: nil)
}

/// Expects a body to throw a `ServiceError` of that code and message.
func expectRefusal(
    _ code: ServiceError.Code, _ message: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async {
    let error = await #expect(throws: ServiceError.self, sourceLocation: sourceLocation) {
        try await body()
    }
    #expect(error?.code == code, sourceLocation: sourceLocation)
    if let message { #expect(error?.message == message, sourceLocation: sourceLocation) }
}
