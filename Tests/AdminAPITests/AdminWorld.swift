import Access
import AsyncHTTPClient
import Billing
import ChromaModel
import ControlPlane
import Logging
import NIOCore
import NIOHTTP1
import Platform
import Postgres
import ServiceLifecycle
import TenantEngine
import TenantStorage
import TenantTools
import TesseraRPC
import TestSupport

@testable import AdminAPI
@testable import AdminClient

/// An admin API over a real PostgreSQL, on ports of its own, with an operator's token.
struct AdminWorld: Sendable {
    let controlPlane: ControlPlane
    let httpPort: Int
    let grpcPort: Int
    let operatorToken: String
    let log: LogRecorder

    /// Serves, runs `body` and stops.
    static func run(_ body: @Sendable (AdminWorld) async throws -> Void) async throws {
        try await TestDatabase.use { pool in
            let (controlPlane, services, log) = try make(pool)
            let logger = log.logger
            let http = try AdminHTTPServer(
                host: "127.0.0.1", port: 0, services: services,
                readiness: Readiness([
                    ReadinessProbe("control") { try await controlPlane.checkReady() }
                ]), logger: logger)
            let grpc = try AdminGRPCServer(
                host: "127.0.0.1", port: 0, services: services, readiness: .always)
            try await serving([http, grpc]) {
                let minted = try await controlPlane.createToken(
                    TokenDraft(scope: nil, role: .operator, displayName: "test"))
                try await body(
                    AdminWorld(
                        controlPlane: controlPlane, httpPort: http.boundPort(),
                        grpcPort: grpc.boundPort(), operatorToken: minted.secretText, log: log))
            }
        }
    }

    private static func make(
        _ pool: PostgresPool
    ) throws -> (ControlPlane, AdminServices, LogRecorder) {
        let peppers = try Peppers([Pepper(version: 1, key: Array(repeating: 7, count: 32))])
        let time = SystemTimeSource()
        let random = SystemRandomSource()
        let log = LogRecorder()
        let controlPlane = ControlPlane(
            pool: pool, engines: ReferenceEngine(), peppers: peppers, time: time, random: random,
            logger: log.logger)
        let backups = TenantBackups(
            source: NoTenants(), engines: ReferenceEngine(), dataDirectory: "/none",
            tenantsDirectory: "/none/tenants", fileSystem: SimulatedFileSystem(), time: time)
        let services = AdminServices(
            controlPlane: controlPlane,
            authenticator: Authenticator(directory: controlPlane, peppers: peppers, time: time),
            authoriser: Authoriser(directory: controlPlane, conformanceMode: false),
            backups: backups, loads: NoLoad(), billing: try billing(), random: random,
            logger: log.logger)
        return (controlPlane, services, log)
    }

    /// The key is on a disk in memory.
    private static func billing() throws -> AdminBilling {
        AdminBilling(
            key: try ReceiptKey(
                file: "/key", fileSystem: SimulatedFileSystem(), random: SystemRandomSource()),
            webhooks: WebhookSender(allowsInternalAddresses: false))
    }

    /// Runs services while `body` runs, and shuts them down as SIGTERM would.
    private static func serving(
        _ services: [any Service], _ body: @Sendable () async throws -> Void
    ) async throws {
        let group = ServiceGroup(services: services, logger: Logger(label: "test"))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try outcome.get()
        }
    }
}

/// Nobody does anything here.
private struct NoLoad: LoadMeter {
    func measureLoad(_ query: LoadQuery) -> LoadReport {
        LoadReport(nanoseconds: 1, openTenants: 0, tenants: [])
    }
}

/// No tenant has files here.
private struct NoTenants: TenantCutSource {
    func cut(_ scope: TenantScope) throws -> TenantCut {
        TenantCut(checkpoint: .none, segments: [])
    }
}

extension AdminWorld {
    /// A token for a tenant that is made when it isn't there.
    func token(
        of tenant: String, role: Role, databases: [String] = []
    ) async throws -> String {
        let scope = try await scope(of: tenant)
        for database in databases {
            _ = try await controlPlane.createDatabase(named: DatabaseName(database), in: scope)
        }
        return try await controlPlane.createToken(
            TokenDraft(
                scope: scope, role: role,
                databases: databases.isEmpty ? nil : databases.map { DatabaseName($0) },
                displayName: "test")
        ).secretText
    }

    private func scope(of tenant: String) async throws -> TenantScope {
        let name = TenantName(tenant)
        if try await controlPlane.tenant(named: name) == nil {
            _ = try await controlPlane.createTenant(named: name)
        }
        let caller = Principal(
            credential: .token(TokenKeyID("test")), role: .operator, tenant: nil,
            tenantName: nil, databases: nil)
        return try await Authoriser(directory: controlPlane, conformanceMode: false)
            .tenantScope(for: caller, .getTenants, tenant: name)
    }

    /// A name that no other test uses.
    static func fresh(_ prefix: String) -> String {
        "\(prefix)-\(UniqueID(version4From: SystemRandomSource().pair()))"
    }
}

// MARK: - Asking

extension AdminWorld {
    struct Answer: Sendable, Equatable {
        let status: UInt
        let body: String
    }

    func http(
        _ method: String, _ path: String, token: String?, body: String? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(httpPort)\(path)")
        request.method = .RAW(value: method)
        if let token { request.headers.add(name: "x-chroma-token", value: token) }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await HTTPClient.shared.execute(
            request, timeout: .seconds(Patience.seconds))
        let bytes = try await response.body.collect(upTo: 1 << 22)
        return Answer(status: response.status.code, body: String(buffer: bytes))
    }

    func grpc<Result: Sendable>(
        token: String, _ work: @Sendable (AdminConnection) async throws -> Result
    ) async throws -> Result {
        let target = try AdminTarget(
            endpoint: "http://127.0.0.1:\(grpcPort)", token: token, dataDirectory: nil,
            environment: [:])
        return try await AdminConnection.open(target, work)
    }
}

extension AdminWorld.Answer {
    /// The body without what differs from call to call.
    var withoutRequestID: String {
        body.replacing(/"request_id":"[0-9a-f-]+"/, with: "")
    }
}
