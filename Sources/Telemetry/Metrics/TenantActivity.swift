import Synchronization

/// What one tenant has had done, since the process began. Atomic additions, no lock.
package final class TenantActivity: Sendable {
    package let reads = Counter()
    package let writes = Counter()
    /// On the threads of searches and log writes.
    package let cpuNanoseconds = Counter()
    package let writtenBytes = Counter()
    /// Sealing, by the clock.
    package let sealingNanoseconds = Counter()
    /// Who may count on without asking for the activity by name again.
    private let holders = Atomic<Int>(0)

    /// To be called when an activity that was claimed is let go.
    package func release() { holders.wrappingSubtract(1, ordering: .relaxed) }

    fileprivate func claim() { holders.wrappingAdd(1, ordering: .relaxed) }
    fileprivate var isClaimed: Bool { holders.load(ordering: .relaxed) > 0 }

    fileprivate var tally: TenantTally {
        TenantTally(
            reads: reads.value, writes: writes.value, cpuNanoseconds: cpuNanoseconds.value,
            writtenBytes: writtenBytes.value, sealingNanoseconds: sealingNanoseconds.value)
    }
}

/// The activities of tenants by name, and which of them are shown by name.
///
/// A metric may not have a series for each of a million tenants. The busiest get one, all others
/// are `other`. Every series only grows: what a tenant did before it was shown stays in `other`,
/// and one that loses its place ends.
package final class TenantActivities: Sendable {
    private struct Shown {
        var exported = TenantTally()
    }

    private struct View {
        /// How far each activity was counted.
        var counted: [String: TenantTally] = [:]
        var shown: [String: Shown] = [:]
        var other = TenantTally()
    }

    /// Locks are taken for a dictionary look-up; so many make waiting rare.
    private static let shardCount = 16
    /// Tenants of a shard beyond which idle ones are forgotten.
    private static let shardTenantsMax = 4096

    private final class Shard: Sendable {
        private let activities = Mutex<[String: TenantActivity]>([:])

        func withLock<Result>(_ body: (inout [String: TenantActivity]) -> Result) -> Result {
            activities.withLock { body(&$0) }
        }
    }

    private let shards = (0..<shardCount).map { _ in Shard() }
    private let shownMax: Int
    private let view = Mutex(View())

    /// - Parameter shownMax: how many tenants have series of their own.
    package init(shownMax: Int = 50) { self.shownMax = shownMax }

    /// The activity of a tenant, kept until it is released.
    package func claim(_ name: String) -> TenantActivity {
        shard(of: name).withLock { activities in
            let activity = activities[name] ?? TenantActivity()
            activities[name] = activity
            activity.claim()
            return activity
        }
    }

    /// What each tenant has had done, by name; those long idle may be missing.
    package var tallies: [String: TenantTally] {
        let all = shards.flatMap { $0.withLock { Array($0) } }
        return Dictionary(uniqueKeysWithValues: all.map { ($0, $1.tally) })
    }

    /// The tenants that have series of their own, as of the last collection.
    package var shownNames: Set<String> { view.withLock { Set($0.shown.keys) } }

    /// The families of the tenants that are shown and of all others together.
    package func collect() -> [MetricFamily] {
        let rows = refresh().map { name, tally in
            ([Attribute("tenant", name)], tally)
        }
        func points(_ value: (TenantTally) -> Double) -> [MetricFamily.Point] {
            rows.map { MetricFamily.Point($0.0, value($0.1)) }
        }
        return [
            .counter(
                "tessera.tenant.reads", unit: "{request}",
                "Reads of the busiest tenants; all others are \"other\".",
                points { Double($0.reads) }),
            .counter(
                "tessera.tenant.writes", unit: "{request}", "Writes, the same way.",
                points { Double($0.writes) }),
            .counter(
                "tessera.tenant.written", unit: "By", "Log bytes written, the same way.",
                points { Double($0.writtenBytes) }),
            .counter(
                "tessera.tenant.cpu", unit: "s",
                "CPU time of searches and log writes, the same way.",
                points { Double($0.cpuNanoseconds) / 1e9 }),
            .counter(
                "tessera.tenant.sealing.duration", unit: "s",
                "Time that seals took, merges among them, the same way.",
                points { Double($0.sealingNanoseconds) / 1e9 }),
        ]
    }

    /// Counts on from the last time, and gives places to those who were busiest since.
    func refresh() -> [(String, TenantTally)] {
        let all = shards.flatMap { $0.withLock { Array($0) } }
        let rows = view.withLock { view -> [(String, TenantTally)] in
            let fresh = all.map { name, activity in
                let tally = activity.tally
                let before = view.counted.updateValue(tally, forKey: name) ?? TenantTally()
                return (name: name, growth: tally - before)
            }
            Self.choose(fresh, shownMax, &view)
            for (name, growth) in fresh {
                if let shown = view.shown[name] {
                    view.shown[name]?.exported = shown.exported + growth
                } else {
                    view.other = view.other + growth
                }
            }
            forgetIdle(fresh.filter { $0.growth == TenantTally() }.map(\.name), &view)
            return view.shown.map { ($0.key, $0.value.exported) }.sorted { $0.0 < $1.0 }
                + [("other", view.other)]
        }
        return rows
    }

    /// Free places go to whoever did anything; else the busiest newcomer takes the place of the
    /// idlest, if it did twice as much.
    private static func choose(
        _ fresh: [(name: String, growth: TenantTally)], _ shownMax: Int, _ view: inout View
    ) {
        let weights = Dictionary(uniqueKeysWithValues: fresh.map { ($0.name, $0.growth.weight) })
        let newcomers = fresh.filter { view.shown[$0.name] == nil && $0.growth.weight > 0 }
            .sorted { $0.growth.weight > $1.growth.weight }
        for newcomer in newcomers {
            if view.shown.count >= shownMax {
                let idlest = view.shown.keys.min {
                    weights[$0, default: 0] < weights[$1, default: 0]
                }
                guard let idlest, newcomer.growth.weight > 2 * weights[idlest, default: 0] else {
                    return
                }
                view.shown[idlest] = nil
            }
            view.shown[newcomer.name] = Shown()
        }
    }

    /// A tenant that is not shown and did nothing since the last time is forgotten once there are
    /// many: its past is in `other`.
    private func forgetIdle(_ idle: [String], _ view: inout View) {
        guard view.counted.count > Self.shardCount * Self.shardTenantsMax else { return }
        for name in idle where view.shown[name] == nil {
            let isForgotten = shard(of: name).withLock { activities in
                guard activities[name]?.isClaimed == false else { return false }
                activities[name] = nil
                return true
            }
            if isForgotten { view.counted[name] = nil }
        }
    }

    private func shard(of name: String) -> Shard {
        shards[Int(UInt(bitPattern: name.hashValue) % UInt(Self.shardCount))]
    }
}

extension TenantTally {
    /// What places are given by: time, and requests for those too short to show in it.
    fileprivate var weight: Int { cpuNanoseconds + (reads + writes) * 1000 }
}
