import Telemetry

/// What a pool measures of its sessions and statements.
final class PoolMetrics: Sendable {
    let statements = Histogram.ofSeconds()
    let failures = CounterTable()
    /// Waiting for a session.
    let waits = Histogram.ofSeconds()
    let connects = Counter()

    func collect(_ usage: PermitQueue.Usage, connectionsMax: Int) -> [MetricFamily] {
        [
            .histogram(
                "tessera.postgres.statement.duration", unit: "s",
                "Statements, from their sending to their answer.", statements),
            .counter(
                "tessera.postgres.statement.failures", unit: "{statement}",
                "Statements that failed, by SQLSTATE.", failures.points("error.type")),
            .histogram(
                "tessera.postgres.wait.duration", unit: "s", "Waiting for a session of the pool.",
                waits),
            .counter(
                "tessera.postgres.connects", unit: "{session}", "Sessions that were opened.",
                connects),
            .gauge(
                "tessera.postgres.sessions.used", unit: "{session}", "Sessions that are lent.",
                Double(connectionsMax - usage.free)),
            .gauge(
                "tessera.postgres.sessions.limit", unit: "{session}",
                "Sessions that may be open.", Double(connectionsMax)),
            .gauge(
                "tessera.postgres.sessions.waiting", unit: "{caller}",
                "Callers that wait for a session.", Double(usage.waiting)),
        ]
    }
}

extension PostgresPool {
    /// Has the registry show how the pool is used.
    package func register(in registry: MetricRegistry) {
        registry.register { [weak self] in self?.collect() ?? [] }
    }
}
