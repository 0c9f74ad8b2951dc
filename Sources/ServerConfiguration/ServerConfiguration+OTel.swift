import ChromaModel

extension ServerConfiguration {
    /// OpenTelemetry's settings as they were written, lists unread.
    package struct OTel: Sendable, Equatable {
        package struct Signal: Sendable, Equatable {
            /// The whole URL; nil: this signal is not exported.
            package var url: String?
            /// `grpc` or `http/protobuf`.
            package var transport: String
            package var headers: String
            package var timeoutMilliseconds: Int
        }

        package struct Batching: Sendable, Equatable {
            package var delayMilliseconds: Int
            package var queueMax: Int
            package var batchMax: Int
            package var timeoutMilliseconds: Int
        }

        package var serviceName: String
        package var resourceAttributes: String
        package var certificateFile: String?
        package var traces: Signal
        package var metrics: Signal
        package var logs: Signal
        package var sampler: String
        /// Nil: the sampler's own.
        package var samplerArgument: Double?
        package var spanBatching: Batching
        package var logBatching: Batching
        package var metricIntervalMilliseconds: Int
    }
}

extension ServerConfiguration.OTel {
    init(_ settings: SettingReader) throws {
        serviceName = try settings.requiredText(.otelServiceName)
        resourceAttributes = try settings.text(.otelResourceAttributes)
        certificateFile = try settings.optionalText(.otelCertificate)
        traces = try Signal(settings, ConfigurationKey.otelTraces, path: "v1/traces")
        metrics = try Signal(settings, ConfigurationKey.otelMetrics, path: "v1/metrics")
        logs = try Signal(settings, ConfigurationKey.otelLogs, path: "v1/logs")
        sampler = try settings.text(.otelSampler)
        samplerArgument = try Self.argument(settings, of: sampler)
        spanBatching = try Batching(settings, ConfigurationKey.otelSpanBatching)
        logBatching = try Batching(settings, ConfigurationKey.otelLogBatching)
        metricIntervalMilliseconds = try settings.number(.otelMetricInterval)
    }
}

extension ServerConfiguration.OTel {
    private static func argument(_ settings: SettingReader, of sampler: String) throws -> Double? {
        guard let text = try settings.optionalText(.otelSamplerArgument) else { return nil }
        let max = sampler.hasSuffix("ratelimited") ? perSecondMax : 1
        guard let number = Double(text), (0...max).contains(number) else {
            throw ConfigurationKey.otelSamplerArgument.refusal("from 0 to \(max)", got: text)
        }
        return number
    }

    private static let perSecondMax = 1e6
}

extension ServerConfiguration.OTel.Signal {
    /// Its own settings win over the general ones. Only a general endpoint gets the path, and only
    /// over HTTP (OTLP exporter specification, "Endpoint URLs").
    fileprivate init(
        _ settings: SettingReader, _ keys: ConfigurationKey.OTelSignal, path: String
    ) throws {
        let general = try settings.optionalText(.otelEndpoint)
        transport = try settings.optionalText(keys.transport) ?? settings.text(.otelProtocol)
        headers = try settings.optionalText(keys.headers) ?? settings.text(.otelHeaders)
        let timeout = try settings.number(keys.timeout)
        timeoutMilliseconds = try timeout > 0 ? timeout : settings.number(.otelTimeout)
        url =
            try settings.optionalText(keys.endpoint)
            ?? general.map { [transport] in
                transport == "grpc" ? $0 : $0 + ($0.hasSuffix("/") ? "" : "/") + path
            }
        let isOff = try settings.flag(.otelDisabled) || settings.text(keys.exporter) == "none"
        if isOff { url = nil }
    }
}

extension ServerConfiguration.OTel.Batching {
    fileprivate init(_ settings: SettingReader, _ keys: ConfigurationKey.OTelBatching) throws {
        delayMilliseconds = try settings.number(keys.delay)
        queueMax = try settings.number(keys.queueMax)
        batchMax = try settings.number(keys.batchMax)
        timeoutMilliseconds = try settings.number(keys.timeout)
    }
}
