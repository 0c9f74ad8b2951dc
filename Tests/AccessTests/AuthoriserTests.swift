import ChromaModel
import Testing

@testable import Access

struct AuthoriserTests {
    private let directory: AccessFixture
    private let authoriser: Authoriser
    private let conformance: Authoriser
    private let acme = AccessFixture.acme

    init() throws {
        directory = try AccessFixture()
        authoriser = Authoriser(directory: directory, conformanceMode: false)
        conformance = Authoriser(directory: directory, conformanceMode: true)
    }

    private func principal(_ role: Role, databases: [DatabaseName]? = nil) -> Principal {
        let isOperator = role == .operator
        return Principal(
            credential: .token(TokenKeyID("AAAAAAAAAAA")), role: role,
            tenant: isOperator ? nil : acme.id,
            tenantName: isOperator ? nil : acme.name, databases: databases)
    }

    @Test("one's own tenant and database get their scopes")
    func ownScope() async throws {
        let scope = try await authoriser.databaseScope(
            for: principal(.reader), .query, tenant: acme.name, database: DatabaseName("one"))
        #expect(scope?.tenant == acme.id && scope?.databaseName == DatabaseName("one"))
    }

    @Test(
        "another tenant is denied without a look-up, whether it exists or not",
        arguments: ["rival", "nobody"], [Role.admin, .writer, .reader])
    func foreignTenant(name: String, role: Role) async throws {
        for action in Action.allCases {
            let error = await #expect(throws: ServiceError.self) {
                try await authoriser.databaseScope(
                    for: principal(role), action, tenant: TenantName(name),
                    database: DatabaseName("one"))
            }
            #expect(error?.code == .permissionDenied && error?.message == "Permission denied.")
        }
        #expect(await directory.lookups == 0)
    }

    @Test("a role that lacks the action is denied", arguments: Role.allCases)
    func roles(role: Role) async throws {
        for action in Action.allCases where !role.allows(action) {
            let error = await #expect(throws: ServiceError.self) {
                try await authoriser.tenantScope(
                    for: principal(role), action, tenant: acme.name)
            }
            #expect(error?.code == .permissionDenied)
        }
    }

    @Test("an operator reads no tenant's data, except in conformance mode")
    func operatorAndData() async throws {
        for action in [Action.get, .query, .add, .listCollections, .deleteCollection] {
            await #expect(throws: ServiceError.self) {
                try await authoriser.databaseScope(
                    for: principal(.operator), action, tenant: acme.name,
                    database: DatabaseName("one"))
            }
            let scope = try await conformance.databaseScope(
                for: principal(.operator), action, tenant: acme.name,
                database: DatabaseName("one"))
            #expect(scope != nil)
        }
    }

    @Test("conformance mode gives a tenant's token nothing more")
    func conformanceAndTenants() async throws {
        await #expect(throws: ServiceError.self) {
            try await conformance.tenantScope(
                for: principal(.admin), .getTenant, tenant: AccessFixture.rival.name)
        }
        #expect(throws: ServiceError.self) {
            try conformance.authorise(principal(.admin), .reset)
        }
    }

    @Test("only an operator acts on the installation")
    func installation() throws {
        for action in [Action.reset, .createTenant] {
            try authoriser.authorise(principal(.operator), action)
            for role in [Role.admin, .writer, .reader] {
                #expect(throws: ServiceError.self) {
                    try authoriser.authorise(principal(role), action)
                }
            }
        }
    }

    @Test("an operator is told that a tenant does not exist")
    func unknownTenant() async throws {
        let error = await #expect(throws: ServiceError.self) {
            try await authoriser.tenantScope(
                for: principal(.operator), .getTenant, tenant: TenantName("nobody"))
        }
        #expect(error?.code == .notFound && error?.message == "Tenant [nobody] not found")
    }

    @Test("a token for some databases gets the same answer for others as for none")
    func restricted() async throws {
        let restricted = principal(.admin, databases: [DatabaseName("one")])
        for (name, isReached) in [("one", true), ("two", false), ("none", false)] {
            let scope = try await authoriser.databaseScope(
                for: restricted, .query, tenant: acme.name, database: DatabaseName(name))
            #expect((scope != nil) == isReached)
        }
        await #expect(throws: ServiceError.self) {
            try await authoriser.tenantScope(
                for: restricted, .createDatabase, tenant: acme.name)
        }
    }

    @Test("a deleted tenant's principals are denied, even when its name lives on in another")
    func deletedTenant() async throws {
        await directory.remove(acme)
        await #expect(throws: ServiceError.self) {
            try await authoriser.tenantScope(
                for: principal(.admin), .getTenant, tenant: acme.name)
        }
        await directory.add(
            TenantRecord(
                id: TenantID(UniqueID(high: 7, low: 7)), name: acme.name,
                createdAtMilliseconds: 0))
        await #expect(throws: ServiceError.self) {
            try await authoriser.tenantScope(
                for: principal(.admin), .getTenant, tenant: acme.name)
        }
    }
}
