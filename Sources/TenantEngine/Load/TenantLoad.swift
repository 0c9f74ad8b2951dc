import Telemetry

/// What one tenant had an engine do, and has it hold.
package struct TenantLoad: Sendable, Hashable {
    /// What an open tenant holds.
    package struct Holding: Sendable, Hashable {
        package let tailBytes: Int
        package let isSealing: Bool
        /// Those that wait or run.
        package let indexBuilds: Int

        package init(tailBytes: Int, isSealing: Bool, indexBuilds: Int) {
            self.tailBytes = tailBytes
            self.isSealing = isSealing
            self.indexBuilds = indexBuilds
        }
    }

    package let tenantName: String
    /// In the interval.
    package let tally: TenantTally
    /// Since the engine started; the counters that /metrics shows.
    package let total: TenantTally
    /// nil when the tenant isn't open.
    package let holding: Holding?

    package init(
        tenantName: String, tally: TenantTally, total: TenantTally, holding: Holding?
    ) {
        self.tenantName = tenantName
        self.tally = tally
        self.total = total
        self.holding = holding
    }
}

extension TenantLoad {
    /// Whether there is anything to show of it.
    var isIdle: Bool { tally == TenantTally() && (weight(in: .tail), compaction) == (0, 0) }

    /// How much of it there is, in the unit of the order.
    func weight(in order: LoadOrder) -> Int {
        switch order {
        case .cpu: tally.cpuNanoseconds
        case .reads: tally.reads
        case .writes: tally.writes
        case .tail: holding?.tailBytes ?? 0
        case .compaction: compaction
        }
    }

    /// Nanoseconds of seals that ended; what is under way counts more than any of them.
    private var compaction: Int {
        let underWay = (holding?.indexBuilds ?? 0) + (holding?.isSealing == true ? 1 : 0)
        return tally.sealingNanoseconds + underWay * 1_000_000_000_000
    }
}
