import Synchronization

/// Everything the process measures: collectors that say what they have when they are asked.
///
/// Instruments belong to what they measure; nothing is looked up here on the way of a request.
package final class MetricRegistry: Sendable {
    package typealias Collector = @Sendable () -> [MetricFamily]

    private let collectors = Mutex<[Collector]>([])
    /// What names tenants, which not everyone may read.
    private let tenantCollectors = Mutex<[Collector]>([])

    package init() {}

    package func register(_ collector: @escaping Collector) {
        collectors.withLock { $0.append(collector) }
    }

    /// Registers metrics that name tenants.
    package func registerTenants(_ collector: @escaping Collector) {
        tenantCollectors.withLock { $0.append(collector) }
    }

    /// All families that have a point, in the order of their registration.
    package func gather(withTenants: Bool) -> [MetricFamily] {
        var all = collectors.withLock { $0 }
        if withTenants { all += tenantCollectors.withLock { $0 } }
        return all.flatMap { $0() }.filter { !$0.points.isEmpty }
    }
}
