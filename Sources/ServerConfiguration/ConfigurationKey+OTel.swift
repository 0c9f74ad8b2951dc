/// OpenTelemetry's settings. `otel.service_name` is the variable `OTEL_SERVICE_NAME`, and so with
/// all others: the names and meanings are OpenTelemetry's own.
extension ConfigurationKey {
    static let otelDisabled = flag(
        "otel.sdk_disabled", false, "Exports nothing, whatever else is set.")
    static let otelServiceName = text(
        "otel.service_name", "tessera", "What traces, metrics and logs call this service.")
    static let otelResourceAttributes = text(
        "otel.resource_attributes", "",
        "What else they say of this process, as key=value,key=value, percent-encoded.")
    static let otelEndpoint = text(
        "otel.exporter_otlp_endpoint", "",
        "Where they are sent, such as http://127.0.0.1:4318. Empty sends nothing.")
    static let otelProtocol = text(
        "otel.exporter_otlp_protocol", "http/protobuf", choices: ["http/protobuf", "grpc"],
        "How they are sent.")
    static let otelHeaders = text(
        "otel.exporter_otlp_headers", "", isSecret: true,
        "What goes with each export, as key=value,key=value, percent-encoded.")
    static let otelTimeout = number(
        "otel.exporter_otlp_timeout", 10_000, 1...600_000,
        "How many milliseconds one try of an export may take.")
    static let otelCertificate = text(
        "otel.exporter_otlp_certificate", "",
        "PEM file of the issuers to trust for https. Empty trusts those of the machine.")

    /// What one signal has instead of the general settings; empty and 0 mean those.
    struct OTelSignal: Sendable {
        let exporter: ConfigurationKey
        let endpoint: ConfigurationKey
        let transport: ConfigurationKey
        let headers: ConfigurationKey
        let timeout: ConfigurationKey

        init(_ signal: String) {
            exporter = text(
                "otel.\(signal)_exporter", "otlp", choices: ["otlp", "none"],
                "Whether \(signal) are exported: otlp or none.")
            endpoint = text(
                "otel.exporter_otlp_\(signal)_endpoint", "",
                "The whole URL for \(signal), where it isn't the general one.")
            transport = text(
                "otel.exporter_otlp_\(signal)_protocol", "",
                choices: ["", "http/protobuf", "grpc"], "How \(signal) are sent.")
            headers = text(
                "otel.exporter_otlp_\(signal)_headers", "", isSecret: true,
                "What goes with each export of \(signal).")
            timeout = number(
                "otel.exporter_otlp_\(signal)_timeout", 0, 0...600_000,
                "How many milliseconds one try of an export of \(signal) may take.")
        }

        var all: [ConfigurationKey] { [exporter, endpoint, transport, headers, timeout] }
    }

    static let otelTraces = OTelSignal("traces")
    static let otelMetrics = OTelSignal("metrics")
    static let otelLogs = OTelSignal("logs")

    static let otelSampler = text(
        "otel.traces_sampler", "parentbased_ratelimited",
        choices: [
            "always_on", "always_off", "traceidratio", "parentbased_always_on",
            "parentbased_always_off", "parentbased_traceidratio", "parentbased_ratelimited",
        ], "Which traces are recorded. The parentbased ones keep a caller's decision.")
    static let otelSamplerArgument = text(
        "otel.traces_sampler_arg", "",
        """
        The share of traces that the traceidratio samplers record, from 0 to 1 (1 if empty); how \
        many traces a second parentbased_ratelimited begins (100).
        """)

    /// How items of a queue are sent together.
    struct OTelBatching: Sendable {
        let delay: ConfigurationKey
        let queueMax: ConfigurationKey
        let batchMax: ConfigurationKey
        let timeout: ConfigurationKey

        init(_ processor: String, _ items: String) {
            delay = number(
                "otel.\(processor)_schedule_delay", 2_000, 10...600_000,
                "How many milliseconds \(items) wait for others to be sent with.")
            queueMax = number(
                "otel.\(processor)_max_queue_size", 65_536, 1...10_000_000,
                "How many \(items) may wait; further ones are dropped and counted.")
            batchMax = number(
                "otel.\(processor)_max_export_batch_size", 4_096, 1...1_000_000,
                "How many \(items) are sent at once.")
            timeout = number(
                "otel.\(processor)_export_timeout", 30_000, 1...600_000,
                "How many milliseconds all tries of one export of \(items) may take.")
        }

        var all: [ConfigurationKey] { [delay, queueMax, batchMax, timeout] }
    }

    static let otelSpanBatching = OTelBatching("bsp", "spans")
    static let otelLogBatching = OTelBatching("blrp", "log records")

    static let otelMetricInterval = number(
        "otel.metric_export_interval", 60_000, 100...86_400_000,
        "How many milliseconds lie between two exports of metrics.")

    /// In the order of `config/tessera.yaml`.
    static let otel: [ConfigurationKey] =
        [
            otelDisabled, otelServiceName, otelResourceAttributes, otelEndpoint, otelProtocol,
            otelHeaders, otelTimeout, otelCertificate,
        ] + otelTraces.all + otelMetrics.all + otelLogs.all + [otelSampler, otelSamplerArgument]
        + otelSpanBatching.all + otelLogBatching.all + [otelMetricInterval]
}
