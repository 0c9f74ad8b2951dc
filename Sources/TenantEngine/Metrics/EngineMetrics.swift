import Telemetry

/// What the engines of a process measure of their work.
final class EngineMetrics: Sendable {
    /// Writing a group to the log and syncing it.
    let logSyncs = Histogram.ofSeconds()
    /// Writes that shared one sync.
    let groupWrites = Histogram.ofCounts()
    let logFailures = Counter()
    /// Searches, from their turn on a thread to their answer.
    let searches = Histogram.ofSeconds()
    let slowSearches = Counter()
    let seals = Histogram.ofSeconds()
    let sealFailures = Counter()
    let indexBuilds = Histogram.ofSeconds()
    let indexBuildFailures = Counter()
    let openings = Histogram.ofSeconds()
    let openingFailures = Counter()
    let activities = TenantActivities()

    func collect() -> [MetricFamily] {
        [
            .histogram(
                "tessera.log.sync.duration", unit: "s",
                "Writing a group of writes to a tenant's log and syncing it.", logSyncs),
            .histogram(
                "tessera.log.group.writes", unit: "{write}", "Writes that shared one sync.",
                groupWrites),
            .counter(
                "tessera.log.failures", unit: "{group}", "Groups that could not be written.",
                logFailures),
            .histogram(
                "tessera.search.duration", unit: "s",
                "Gets, queries and searches, on their thread.", searches),
            .counter(
                "tessera.search.slow", unit: "{search}", "Searches that the slow-query log has.",
                slowSearches),
            .histogram(
                "tessera.seal.duration", unit: "s",
                "Sealing a tenant's tail into segments, merges among them.", seals),
            .counter(
                "tessera.seal.failures", unit: "{seal}", "Seals that failed and are tried again.",
                sealFailures),
            .histogram(
                "tessera.index.build.duration", unit: "s", "Building the index of a segment.",
                indexBuilds),
            .counter(
                "tessera.index.build.failures", unit: "{build}", "Index builds that failed.",
                indexBuildFailures),
            .histogram(
                "tessera.tenant.open.duration", unit: "s",
                "Opening a tenant: its checkpoint read and its log replayed.", openings),
            .counter(
                "tessera.tenant.open.failures", unit: "{opening}",
                "Tenants that could not be opened.", openingFailures),
        ]
    }
}
