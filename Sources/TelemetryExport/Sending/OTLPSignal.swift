/// The three kinds of what is exported.
package enum OTLPSignal: String, Sendable, CaseIterable {
    case traces, metrics, logs

    /// What is appended to a general endpoint (OTLP/HTTP, "Endpoint URLs").
    var path: String { "v1/\(rawValue)" }

    /// The fully qualified gRPC service.
    var service: String {
        switch self {
        case .traces: "opentelemetry.proto.collector.trace.v1.TraceService"
        case .metrics: "opentelemetry.proto.collector.metrics.v1.MetricsService"
        case .logs: "opentelemetry.proto.collector.logs.v1.LogsService"
        }
    }
}
