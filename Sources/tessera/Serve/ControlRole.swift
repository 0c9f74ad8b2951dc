import Access
import Billing
import ChromaModel
import ControlPlane
import Directory
import EdgeService
import Logging
import Platform
import ServerConfiguration
import TesseraRPC

/// The control plane of this process.
struct ControlRole: Sendable {
    let controlPlane: ControlPlane
    let peppers: Peppers
    /// Set on the first start.
    let credentials: BootstrapCredentials?
    let billing: BillingParts

    static func start(
        _ configuration: ServerConfiguration, _ directory: DataDirectory,
        _ database: ControlDatabase, _ engine: EngineRole, _ fileSystem: any FileSystem,
        _ logger: Logger
    ) async throws -> ControlRole {
        let peppers = try PepperFile(path: directory.pepperFile, fileSystem: fileSystem)
            .loadOrCreate(random: SystemRandomSource())
        let receiptKey = try ReceiptKey(
            file: directory.receiptKeyFile, fileSystem: fileSystem, random: SystemRandomSource())
        let controlPlane = ControlPlane(
            pool: database.pool, engines: engine.client, peppers: peppers,
            time: SystemTimeSource(), random: SystemRandomSource(), logger: logger,
            allowsInsecureIssuers: configuration.issuers.allowsInsecureURLs,
            defaultPlan: configuration.defaultPlan,
            undeleteDays: configuration.tenants.undeleteDays,
            staticStabilitySeconds: configuration.edge.staticStabilitySeconds,
            node: try node(configuration, directory, peppers, receiptKey, fileSystem))
        try await controlPlane.join()
        let credentials = try await controlPlane.bootstrap(
            file: directory.bootstrapFile, fileSystem: fileSystem)
        return ControlRole(
            controlPlane: controlPlane, peppers: peppers, credentials: credentials,
            billing: BillingParts(configuration, controlPlane, receiptKey, logger: logger))
    }

    private static func node(
        _ configuration: ServerConfiguration, _ directory: DataDirectory, _ peppers: Peppers,
        _ receiptKey: ReceiptKey, _ fileSystem: any FileSystem
    ) throws -> ControlNode {
        let random = SystemRandomSource()
        let id = try NodeIdentityFile.id(in: directory, fileSystem, random)
        return ControlNode(
            id: id, name: configuration.nodeID ?? id,
            bootID: UniqueID(version4From: random.pair()), roles: configuration.roles,
            peppers: peppers, receiptKey: receiptKey.publicKey)
    }

    /// Whether PostgreSQL answers.
    var probes: [ReadinessProbe] {
        [ReadinessProbe(NodeRole.control.rawValue) { try await controlPlane.checkReady() }]
    }

    /// For the frontends and engines in other processes.
    ///
    /// - Parameters:
    ///   - ownFrontends: how many there are in this one.
    ///   - allowsReset: whether they may empty the installation: in conformance mode only.
    func offered(ownFrontends: Int, allowsReset: Bool, _ logger: Logger) -> [NodeService] {
        let edge = EdgeServer(
            directory: controlPlane, keeper: controlPlane, uses: controlPlane.uses,
            peppers: peppers, feed: controlPlane.feed, nodes: controlPlane.nodes,
            frontendCount: { controlPlane.frontendCount(own: ownFrontends) },
            hasPeers: { controlPlane.hasPeers }, allowsReset: allowsReset,
            time: SystemTimeSource(), logger: logger)
        return [edge.service, UsageServer(keeper: controlPlane, logger: logger).service]
    }
}
