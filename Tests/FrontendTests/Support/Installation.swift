import Access
import ChromaModel
import Frontend
import Logging
import Platform
import ServiceLifecycle
import TestSupport

/// A running frontend over the reference engine, with two tenants that know nothing of each
/// other.
struct Installation: Sendable {
    let client: Client
    let directory: MemoryDirectory
    let engine: ReferenceEngine
    let alpha: TenantRecord
    let beta: TenantRecord
    let operatorToken: String
    let alphaToken: String
    let betaToken: String
    /// Begins a graceful shutdown.
    let shutDown: @Sendable () async -> Void

    /// The database of both tenants.
    static let database = "shared_name"

    /// Starts a server on a free port, runs `body`, and stops the server gracefully.
    static func run(
        allowReset: Bool = false, conformanceMode: Bool = false,
        bodyBytesMax: Int = 40 * 1024 * 1024, indexFlavour: IndexFlavour = .hnsw,
        logger: Logger = quiet, time: any TimeSource = SystemTimeSource(),
        _ body: @escaping @Sendable (Installation) async throws -> Void
    ) async throws {
        let engine = ReferenceEngine()
        let peppers = try Peppers([Pepper(version: 1, key: Array(repeating: 7, count: 32))])
        let directory = MemoryDirectory(
            engines: engine, peppers: peppers, random: SystemRandomSource())
        let server = FrontendServer(
            configuration: FrontendConfiguration(
                port: 0, bodyBytesMax: bodyBytesMax, allowReset: allowReset,
                indexFlavour: indexFlavour),
            engines: engine, directory: directory,
            authenticator: Authenticator(
                directory: directory, peppers: peppers, time: SystemTimeSource()),
            authoriser: Authoriser(directory: directory, conformanceMode: conformanceMode),
            logger: logger, time: time)
        let group = ServiceGroup(services: [server], logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = try await server.boundPort()
            do {
                try await body(
                    Installation(port: port, directory: directory, engine: engine) {
                        await group.triggerGracefulShutdown()
                    })
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private init(
        port: Int, directory: MemoryDirectory, engine: ReferenceEngine,
        shutDown: @escaping @Sendable () async -> Void
    ) throws {
        self.shutDown = shutDown
        client = Client(port: port)
        self.directory = directory
        self.engine = engine
        alpha = try directory.createTenant(named: TenantName("alpha"))
        beta = try directory.createTenant(named: TenantName("beta"))
        for tenant in [alpha, beta] {
            directory.addDatabase(named: DatabaseName(Self.database), to: tenant)
        }
        directory.markBootstrap()
        operatorToken = directory.mintToken(role: .operator)
        alphaToken = directory.mintToken(role: .admin, tenant: alpha)
        betaToken = directory.mintToken(role: .admin, tenant: beta)
    }

    static var quiet: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }
}
