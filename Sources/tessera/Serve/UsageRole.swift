import ChromaModel
import EdgeService
import Logging
import Platform
import ServerConfiguration
import ServiceLifecycle
import TenantEngine
import TesseraRPC
import TransportSecurity
import Usage
import UsageSpool

/// What this process counts, and how it gets to the keeper: the control plane of this process or
/// another's.
struct UsageRole: Sendable {
    /// Counts what requests use.
    let recorder: any UsageRecorder
    /// To be run below whoever counts, so that the last report comes after the last request.
    let services: [any Service]

    init(
        _ configuration: ServerConfiguration, _ directory: DataDirectory,
        _ control: ControlRole?, _ engine: EngineRole, _ certificate: NodeCertificate?,
        _ fileSystem: any FileSystem, _ logger: Logger
    ) throws {
        let spools = try UsageDirectory(
            directory.usage, fileSystem: fileSystem, time: SystemTimeSource(),
            random: SystemRandomSource())
        let meter = UsageMeter(
            origin: spools.origin, directory: spools.own, fileSystem: fileSystem, logger: logger)
        recorder = meter
        var below: [any Service] = []
        let keeper: any UsageKeeper
        if let control {
            keeper = control.controlPlane
        } else if let url = configuration.edge.controlURL {
            let link = try ControlLink(
                to: try NodeAddress(url: url, key: "edge.control_url"),
                certificate: try certificate.required())
            keeper = RemoteUsageKeeper(link: link)
            below = [link]
        } else {
            logger.warning(
                "usage stays in the tenants' logs: name the control plane in edge.control_url")
            services = []
            return
        }
        let shipper = UsageShipper(
            directory: spools, meter: meter, sources: engine.host.map { [$0] } ?? [],
            keeper: keeper, logger: logger)
        services = below + [shipper]
    }
}
