import ChromaModel
import Synchronization
import Usage

/// Usage of one tenant's log on its way to the keeper.
struct LogUsageReport: Sendable {
    fileprivate(set) var cells: [UsageCell] = []
    /// What is acknowledged when the keeper has the cells.
    fileprivate(set) var quantities: [WriteUsage.Key: UInt64] = [:]
    fileprivate(set) var sizes: [CollectionID: WriteUsage.Resized] = [:]
}

extension TenantEngine {
    /// What the keeper may not know, the sizes of collections among it once a minute.
    func usageReport(atMilliseconds now: UInt64) -> LogUsageReport {
        let usage = withDirectory { $0.usage }
        guard !usage.isReported else { return LogUsageReport() }
        let origin = UsageOrigin(
            source: "log:\(tenant)", boot: String(usage.bornMilliseconds, radix: 16))
        var report = LogUsageReport()
        for (key, quantity) in usage.cells {
            report.quantities[key] = quantity
            report.cells.append(
                UsageCell(
                    key: UsageKey(
                        tenant: tenant, database: key.database, collection: key.collection,
                        credential: key.credential, minute: key.minute),
                    meter: key.meter, origin: origin, quantity: quantity))
        }
        if maySample(in: UsageMinute(milliseconds: now)) {
            addSizes(of: usage.resized, UsageMinute(milliseconds: now), origin, to: &report)
        }
        return report
    }

    private func maySample(in minute: UsageMinute) -> Bool {
        sampledMinute.withLock { sampled in
            guard minute > sampled else { return false }
            sampled = minute
            return true
        }
    }

    /// A collection whose records must be read to know its size is left for the next time: the
    /// seal after the opening reads it.
    private func addSizes(
        of resized: [CollectionID: WriteUsage.Resized], _ minute: UsageMinute,
        _ origin: UsageOrigin, to report: inout LogUsageReport
    ) {
        for (id, change) in resized {
            let found = withDirectory { $0.collection(id) }
            guard let bytes = found.map({ $0.contents.liveBytes }) ?? 0 else { continue }
            report.sizes[id] = change
            report.cells.append(
                UsageCell(
                    key: UsageKey(
                        tenant: tenant, database: change.database, collection: id,
                        credential: .server, minute: minute),
                    meter: .storedBytes, origin: origin, quantity: bytes))
        }
    }
}
