import Platform
import Synchronization
import Telemetry

extension TenantEngineHost: LoadMeter {
    package func measureLoad(_ query: LoadQuery) async throws -> LoadReport {
        let began = resources.time.monotonicNanoseconds()
        let before = resources.metrics.activities.tallies
        try await Task.sleep(for: .milliseconds(query.intervalMilliseconds))
        let totals = resources.metrics.activities.tallies
        let now = resources.time.monotonicNanoseconds()
        let engines = state.withLock { $0.slots.openEngines }
        let holdings = Self.holdings(of: engines)
        let loads = totals.map { name, total in
            TenantLoad(
                tenantName: name, tally: total - before[name, default: TenantTally()],
                total: total, holding: holdings[name])
        }
        return LoadReport(
            nanoseconds: now - began, openTenants: engines.count,
            tenants: Self.busiest(loads, query))
    }

    /// Of the open tenants that somebody has asked something of, by name.
    private static func holdings(of engines: [TenantEngine]) -> [String: TenantLoad.Holding] {
        let named = engines.compactMap { engine in
            engine.label.load().map { label in
                (
                    label.name,
                    TenantLoad.Holding(
                        tailBytes: engine.budget.tailBytes, isSealing: engine.isSealing,
                        indexBuilds: engine.indexes.buildCount)
                )
            }
        }
        // A name may have been given again while the old tenant is still open.
        return Dictionary(named) { $1 }
    }

    private static func busiest(_ loads: [TenantLoad], _ query: LoadQuery) -> [TenantLoad] {
        let ranked = loads.filter { !$0.isIdle }.sorted {
            let (left, right) = ($0.weight(in: query.order), $1.weight(in: query.order))
            return left == right
                ? $0.tenantName.utf8.lexicographicallyPrecedes($1.tenantName.utf8) : left > right
        }
        return Array(ranked.prefix(query.limit))
    }
}
