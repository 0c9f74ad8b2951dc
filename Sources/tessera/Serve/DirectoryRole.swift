import Access
import ChromaModel
import ControlPlane
import Directory
import EdgeService
import Logging
import Platform
import RateLimits
import ServerConfiguration
import ServiceLifecycle
import TesseraRPC
import TransportSecurity

/// The directory as a frontend of this process reaches it: the control plane's own, or a mirror
/// of another process's. Everything above is the same code.
struct DirectoryRole: Sendable {
    let directory: any TenantDirectory
    let keeper: any LeaseKeeper<RateKey>
    let uses: any TokenUses
    let peppers: @Sendable () throws -> Peppers
    /// How many frontends share the rate limits.
    let frontendCount: @Sendable () -> Int
    /// To be run below whoever asks.
    let services: [any Service]
    /// Returns when it can answer.
    let isReady: @Sendable () async throws -> Void
    /// Whether a frontend may let anybody in; none beside the control plane, which says so itself.
    let probes: [ReadinessProbe]

    /// In the control plane's own process.
    init(of control: ControlRole) {
        let controlPlane = control.controlPlane
        directory = controlPlane
        keeper = controlPlane
        uses = controlPlane.uses
        peppers = { control.peppers }
        frontendCount = { controlPlane.frontendCount(own: 1) }
        services = []
        isReady = {}
        probes = []
    }

    /// Of another process.
    init(
        _ configuration: ServerConfiguration, as node: NodeIdentity,
        _ certificate: NodeCertificate, _ logger: Logger
    ) throws {
        let address = try NodeAddress(
            url: configuration.edge.controlURL ?? "", key: "edge.control_url")
        let link = try ControlLink(to: address, certificate: certificate)
        let mirror = ConfigMirror(
            of: address, as: node, certificate: certificate,
            graceSeconds: configuration.edge.staticStabilitySeconds, time: SystemTimeSource(),
            logger: logger)
        let remote = RemoteDirectory(link: link, cache: mirror.cache)
        let uses = LastUses()
        directory = remote
        keeper = remote
        self.uses = uses
        peppers = { try mirror.peppers() }
        frontendCount = { mirror.frontendCount }
        services = [link, mirror, UseReporter(of: uses, over: link, logger: logger)]
        isReady = { try await mirror.firstContact() }
        probes = [ReadinessProbe(NodeRole.frontend.rawValue) { try mirror.checkAuthority() }]
    }

    /// Takes our own tokens and those of the issuers that the control plane knows.
    func authenticator(
        _ configuration: ServerConfiguration, _ directory: DataDirectory,
        _ fileSystem: any FileSystem, _ logger: Logger
    ) -> Authenticator {
        if configuration.issuers.allowsInsecureURLs {
            logger.warning("issuers' keys are read over plain HTTP: for development only")
        }
        let documents = KeyDocumentLoader(
            directory: configuration.issuers.keysDirectory ?? directory.issuerKeys,
            fileSystem: fileSystem,
            allowsInsecureURLs: configuration.issuers.allowsInsecureURLs)
        return Authenticator(
            directory: self.directory, peppersFrom: peppers, time: SystemTimeSource(),
            webTokens: JWTVerifier(
                directory: self.directory, documents: documents, time: SystemTimeSource(),
                logger: logger),
            uses: uses)
    }
}
