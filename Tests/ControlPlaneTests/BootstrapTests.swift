import Access
import ChromaModel
import Glibc
import Platform
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

struct BootstrapTests {
    @Test("the first start makes a tenant, a database and two tokens that work; the next nothing")
    func first() async throws {
        try await withFile { fixture, path in
            let made = try #require(try await bootstrap(fixture, path))
            #expect(made.tenant == "default_tenant" && made.database == "default_database")
            let admin = try await fixture.authenticator.authenticate(presented: made.adminToken)
            let tenant = try await fixture.authenticator.authenticate(presented: made.token)
            #expect(admin.role == .operator && tenant.role == .admin)
            #expect(tenant.databases == nil)
            #expect(try await bootstrap(fixture, path) == nil)
            #expect(try await fixture.accepts(made.token))

            var status = stat()
            #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
            let text = String(decoding: try PosixFileSystem().readAll(path), as: UTF8.self)
            for word in ["admin_token", "tenant", "database", "token", made.token, made.adminToken]
            {
                #expect(text.contains("\"\(word)\""))
            }
        }
    }

    @Test("a file lost between the database and the disk is made again with new tokens")
    func lostFile() async throws {
        try await withFile { fixture, path in
            let lost = try #require(try await bootstrap(fixture, path))
            try PosixFileSystem().removeFile(path)
            let made = try #require(try await bootstrap(fixture, path))
            for token in [lost.adminToken, lost.token] {
                #expect(try await !fixture.accepts(token))
            }
            for token in [made.adminToken, made.token] {
                #expect(try await fixture.accepts(token))
            }
        }
    }

    @Test("a reset leaves what bootstrap made, and nothing else")
    func reset() async throws {
        try await withFile { fixture, path in
            let made = try #require(try await bootstrap(fixture, path))
            let plane = fixture.controlPlane
            let tenant = try #require(
                try await plane.tenant(named: BootstrapCredentials.tenantName))
            let database = try #require(
                try await plane.database(
                    named: BootstrapCredentials.databaseName, of: tenant.id))
            let acme = try await fixture.makeTenant("acme")
            let inner = try await fixture.makeDatabase("main", in: acme)
            let strangers = [
                try await fixture.makeToken(acme, databases: [inner.name]),
                try await fixture.makeToken(tenant),
            ]
            _ = try await fixture.makeDatabase("second", in: tenant)
            try await plane.deleteDatabase(in: try await fixture.scope(database))

            try await plane.resetToBootstrap()
            #expect(try await plane.listTenants(PageRequest()).items == [tenant])
            let databases = try await plane.listDatabases(
                in: try await fixture.scope(tenant), offset: 0, limit: nil)
            #expect(databases.map(\.name) == [BootstrapCredentials.databaseName])
            for token in strangers { #expect(try await !fixture.accepts(token.secretText)) }
            for token in [made.adminToken, made.token] {
                #expect(try await fixture.accepts(token))
            }
        }
    }

    @Test("a reset revives the bootstrap tenant and its token")
    func resetAfterDelete() async throws {
        try await withFile { fixture, path in
            let made = try #require(try await bootstrap(fixture, path))
            let tenant = try #require(
                try await fixture.controlPlane.tenant(named: BootstrapCredentials.tenantName))
            try await fixture.controlPlane.deleteTenant(in: try await fixture.scope(tenant))
            _ = try await fixture.makeTenant("default_tenant")
            #expect(try await !fixture.accepts(made.token))
            try await fixture.controlPlane.resetToBootstrap()
            #expect(try await fixture.accepts(made.token))
            #expect(try await fixture.controlPlane.tenant(named: tenant.name)?.id == tenant.id)
        }
    }

    private func bootstrap(_ fixture: Fixture, _ path: String) async throws
        -> BootstrapCredentials?
    {
        try await fixture.controlPlane.bootstrap(file: path, fileSystem: PosixFileSystem())
    }

    private func withFile(_ body: (Fixture, String) async throws -> Void) async throws {
        let fileSystem = PosixFileSystem()
        let directory = "/tmp/tessera-bootstrap-\(SystemRandomSource().next())"
        try fileSystem.createDirectory(directory)
        defer { try? fileSystem.removeTree(directory) }
        try await Fixture.run { try await body($0, directory + "/bootstrap.json") }
    }
}
