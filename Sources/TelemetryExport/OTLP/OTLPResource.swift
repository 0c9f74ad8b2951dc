import Telemetry

/// Which process exports: the attributes of its resource (semantic conventions, `service.*`).
package struct OTLPResource: Sendable, Equatable {
    package let attributes: [Attribute]
    /// Of this build.
    package let version: String

    /// - Parameters:
    ///   - serviceName: `OTEL_SERVICE_NAME`.
    ///   - others: `OTEL_RESOURCE_ATTRIBUTES`; they win over what is set here, but for the name.
    ///   - instance: tells processes of one service apart.
    package init(
        serviceName: String, version: String, instance: String, others: [Attribute]
    ) {
        let own = [
            Attribute("service.version", version), Attribute("service.instance.id", instance),
            Attribute("telemetry.sdk.name", "tessera"),
            Attribute("telemetry.sdk.language", "swift"),
            Attribute("telemetry.sdk.version", version),
        ]
        let rest = others.filter { $0.key != "service.name" }
        attributes =
            [Attribute("service.name", serviceName)]
            + own.filter { mine in !rest.contains { $0.key == mine.key } } + rest
        self.version = version
    }
}
