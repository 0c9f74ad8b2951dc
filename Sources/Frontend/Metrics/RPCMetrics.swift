import GRPCCore
import Synchronization
import Telemetry

/// How many calls each method of the gRPC data service answered, how, and how fast.
final class RPCMetrics: Sendable {
    private let calls: [String: Histogram]
    private let results = CounterTable()

    init(_ methods: [MethodDescriptor]) {
        calls = Dictionary(
            methods.map { ($0.fullyQualifiedMethod, Histogram.ofSeconds()) }
        ) { first, _ in first }
    }

    /// - Parameter failure: why it was refused; nil when it wasn't.
    func answered(_ method: MethodDescriptor, nanoseconds: UInt64, _ failure: (any Error)?) {
        calls[method.fullyQualifiedMethod]?.observe(Int(nanoseconds), trace: .current)
        results.add(failure.map(RefusalReason.word) ?? "ok")
    }

    func collect() -> [MetricFamily] {
        let points = calls.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
            .map { MetricFamily.Point([Attribute("rpc.method", $0.key)], $0.value) }
        return [
            MetricFamily(
                "rpc.server.call.duration", .histogram, unit: "s",
                "Calls of the gRPC data service.", points),
            .counter(
                "tessera.rpc.results", unit: "{call}", "What came of them, \"ok\" or why not.",
                results.points("result")),
        ]
    }
}
