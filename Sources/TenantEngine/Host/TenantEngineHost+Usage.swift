import ChromaModel
import Platform
import Synchronization
import Usage

/// The usage that tenants' logs have counted.
///
/// Open tenants report by themselves. One that is closed and marked has not reported all, because
/// it was closed, or its process killed, before: it is opened for that.
extension TenantEngineHost: UsageSource {
    /// Tenants opened for their usage in one go.
    private static let openingsMax = 8
    /// A marked tenant that cannot be opened is tried again after so long.
    private static let retryNanoseconds: UInt64 = 60_000_000_000

    package func pending(countMax: Int) async -> PendingUsage {
        let now = resources.time.unixMilliseconds()
        let areAllOpen = await openMarked()
        var reports: [(TenantEngine, LogUsageReport)] = []
        var cells: [UsageCell] = []
        let engines = state.withLock { $0.slots.openEngines }
        for engine in engines where cells.count < countMax {
            let report = engine.usageReport(atMilliseconds: now)
            guard !report.cells.isEmpty else { continue }
            cells += report.cells
            reports.append((engine, report))
        }
        let isAll = areAllOpen && cells.count < countMax
        return PendingUsage(cells: cells, watermark: watermark(now, isAll: isAll)) {
            [self, reports] in
            try? await onIOThread { [resources] in
                let now = resources.time.unixMilliseconds()
                for (engine, report) in reports { engine.acknowledge(report, atMilliseconds: now) }
            }
        }
    }

    /// A minute behind, for the commits that are under way.
    private func watermark(_ now: UInt64, isAll: Bool) -> UsageMinute {
        state.withLock { state in
            let minute = UsageMinute(milliseconds: now).value
            if isAll { state.usage.watermark = UsageMinute(minute - min(minute, 1)) }
            return state.usage.watermark
        }
    }

    /// Opens some of the marked tenants that are closed. Returns whether none is left.
    private func openMarked() async -> Bool {
        guard let directory = configuration.unreportedDirectory else { return true }
        let marked = try? await onIOThread { [fileSystem] in try fileSystem.list(directory) }
        let tenants = (marked ?? []).compactMap { UniqueID($0) }.map { TenantID($0) }
        let closed = tenants.filter { tenant in
            state.withLock { $0.slots[tenant] == nil }
        }
        for tenant in closed.filter(mayTry).prefix(Self.openingsMax) {
            await open(marked: tenant, in: directory)
        }
        return closed.isEmpty
    }

    /// Opens a tenant, unless it is gone for good. Why it can't be opened is logged there.
    private func open(marked tenant: TenantID, in directory: String) async {
        let isThere = try? await onIOThread { [fileSystem, configuration] in
            let isThere = try fileSystem.exists(configuration.directory + "/\(tenant)")
            if !isThere { try fileSystem.removeFile(directory + "/\(tenant)") }
            return isThere
        }
        if isThere == true { _ = try? await engine(for: tenant) }
    }

    private func mayTry(_ tenant: TenantID) -> Bool {
        state.withLock { state in
            let last = state.usage.openings[tenant]
            guard last.map({ now >= $0 + Self.retryNanoseconds }) ?? true else { return false }
            state.usage.openings = state.usage.openings.filter {
                now < $0.value + Self.retryNanoseconds
            }
            state.usage.openings[tenant] = now
            return true
        }
    }
}

/// What collecting usage remembers.
struct UsageCollection: Sendable {
    /// The last watermark.
    var watermark = UsageMinute(0)
    /// When marked tenants were last opened, monotonic.
    var openings: [TenantID: UInt64] = [:]
}
