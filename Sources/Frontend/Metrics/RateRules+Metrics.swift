import RateLimits
import Telemetry

extension RateRules {
    /// Has the registry show how rates are held.
    package func register(in registry: MetricRegistry) {
        let counts = limiter.counts
        registry.register {
            [
                .counter(
                    "tessera.rate.leases", unit: "{lease}",
                    "Leases of rates that the control plane was asked for.",
                    [.init(Double(counts.asked))]),
                .counter(
                    "tessera.rate.leases.unanswered", unit: "{lease}",
                    "Those that came from this process's own share, as nobody answered.",
                    [.init(Double(counts.unanswered))]),
                .counter(
                    "tessera.rate.refusals", unit: "{request}",
                    "Requests that a rate refused, or would have in shadow mode.",
                    [.init(Double(counts.refused))]),
            ]
        }
    }
}
