import ChromaModel
import Platform
import ServerConfiguration
import Telemetry
import TelemetryExport

extension TelemetrySettings {
    /// Reads the lists in the settings. Throws `invalidArgument` for one that is malformed.
    init(_ otel: ServerConfiguration.OTel) throws {
        let attributes = try Self.pairs(otel.resourceAttributes, of: "otel.resource_attributes")
        let instance = UniqueID(version4From: SystemRandomSource().pair())
        var targets: [OTLPSignal: OTLPTarget] = [:]
        for (signal, settings) in otel.signals {
            targets[signal] = try OTLPTarget(settings, signal, otel.certificateFile)
        }
        self.init(
            targets: targets,
            resource: OTLPResource(
                serviceName: otel.serviceName, version: BuildInfo.version,
                instance: instance.description,
                others: attributes.map { Attribute($0.name, $0.value) }),
            sampler: try Self.sampler(otel),
            spans: Batching(otel.spanBatching), logs: Batching(otel.logBatching),
            metricsMilliseconds: otel.metricIntervalMilliseconds)
    }
}

extension TelemetrySettings {
    private static func sampler(_ otel: ServerConfiguration.OTel) throws -> Sampler {
        guard let sampler = Sampler(otel.sampler, argument: otel.samplerArgument) else {
            throw ServiceError.invalid("otel.traces_sampler is none of \(Sampler.names).")
        }
        return sampler
    }
}

extension ServerConfiguration.OTel {
    fileprivate var signals: [(OTLPSignal, Signal)] {
        [(.traces, traces), (.metrics, metrics), (.logs, logs)]
    }
}

extension OTLPTarget {
    /// nil: the signal is not exported.
    fileprivate init?(
        _ settings: ServerConfiguration.OTel.Signal, _ signal: OTLPSignal,
        _ certificateFile: String?
    ) throws {
        guard let url = settings.url else { return nil }
        self.init(
            url: url, transport: settings.transport == "grpc" ? .grpc : .http,
            headers: try TelemetrySettings.pairs(
                settings.headers, of: "otel.exporter_otlp_\(signal.rawValue)_headers"),
            timeoutMilliseconds: settings.timeoutMilliseconds, issuersFile: certificateFile)
    }
}

extension TelemetrySettings.Batching {
    fileprivate init(_ batching: ServerConfiguration.OTel.Batching) {
        self.init(
            scheduleMilliseconds: batching.delayMilliseconds, queueMax: batching.queueMax,
            batchMax: batching.batchMax, patienceMilliseconds: batching.timeoutMilliseconds)
    }
}
