import Synchronization
import Telemetry

extension TenantEngineHost {
    /// Has the registry show what the engines do and hold.
    package func register(in registry: MetricRegistry) {
        registry.register { [weak self] in self?.collect() ?? [] }
        registry.registerTenants { [weak self] in self?.collectTenants() ?? [] }
    }

    private func collect() -> [MetricFamily] {
        let engines = state.withLock { $0.slots.openEngines }
        return [
            .gauge(
                "tessera.tenants.open", unit: "{tenant}", "Tenants that are open.",
                Double(engines.count)),
            .gauge(
                "tessera.tenants.open.limit", unit: "{tenant}",
                "Tenants that may be open at once.", Double(configuration.tenantsOpenMax)),
            .gauge(
                "tessera.tenants.open.waiting", unit: "{request}",
                "Tenants that wait until another is closed.", Double(permits.shortage)),
            .gauge(
                "tessera.tail", unit: "By", "Rows in memory that are not yet in segments.",
                Double(resources.writes.tailBytes)),
            .gauge(
                "tessera.tail.limit", unit: "By", "What the rows in memory may take.",
                Double(configuration.writeLimits.tailBytesMax)),
            .gauge(
                "tessera.segments.mapped", unit: "By", "Bytes of segments that are mapped.",
                Double(mappings.bytes)),
            .gauge(
                "tessera.segments.mapped.files", unit: "{file}", "Segments that are mapped.",
                Double(mappings.files)),
            .gauge(
                "tessera.index.builds.pending", unit: "{build}",
                "Index builds that wait or run.",
                Double(engines.reduce(0) { $0 + $1.indexes.buildCount })),
        ] + resources.metrics.collect()
    }

    /// Beside what the busiest did: what they hold now, of those that are open.
    private func collectTenants() -> [MetricFamily] {
        let families = resources.metrics.activities.collect()
        let shown = resources.metrics.activities.shownNames
        let engines = state.withLock { $0.slots.openEngines }.compactMap { engine in
            engine.label.load().flatMap { shown.contains($0.name) ? ($0.name, engine) : nil }
        }.sorted { $0.0 < $1.0 }
        func points(_ value: (TenantEngine) -> Int) -> [MetricFamily.Point] {
            engines.map { .init([Attribute("tenant", $0.0)], Double(value($0.1))) }
        }
        return families + [
            MetricFamily(
                "tessera.tenant.tail", .gauge, unit: "By",
                "Rows in memory of the busiest tenants that are open.",
                points { $0.budget.tailBytes }),
            MetricFamily(
                "tessera.tenant.sealing", .gauge, unit: "{seal}",
                "1 while such a tenant is being sealed.", points { $0.isSealing ? 1 : 0 }),
            MetricFamily(
                "tessera.tenant.index.builds", .gauge, unit: "{build}",
                "Index builds of such a tenant that wait or run.",
                points { $0.indexes.buildCount }),
        ]
    }
}
