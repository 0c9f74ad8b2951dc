import Platform
import Telemetry

extension EngineResources {
    /// Runs a search on the thread that is its own now, and counts what it took.
    func measuringSearch<Result>(
        for activity: TenantActivity, _ body: () throws -> Result
    ) rethrows -> Result {
        let began = time.monotonicNanoseconds()
        let cpuBegan = ThreadCPU.nanoseconds()
        defer {
            activity.cpuNanoseconds.add(ThreadCPU.nanoseconds() - cpuBegan)
            metrics.searches.observe(Int(time.monotonicNanoseconds() - began))
        }
        return try body()
    }
}
