import ChromaModel
import Logging
import Platform
import Telemetry

/// Counts what a search takes, gives it its spans, and logs it with its plan when it was slow.
struct MeasuredSearch: Sendable {
    let resources: EngineResources
    let activity: TenantActivity
    let tenant: TenantID
    let collection: CollectionID
    /// What asked, when it is recorded; a thread doesn't know it by itself.
    let parent: SpanPlace?
    /// Told what this one cost; nil when nobody wants to know.
    let cost: RecentCost?

    init(
        _ resources: EngineResources, in engine: TenantEngine, of activity: TenantActivity,
        _ collection: CollectionID, _ cost: RecentCost?
    ) {
        self.cost = cost
        self.resources = resources
        self.activity = activity
        self.collection = collection
        tenant = engine.tenant
        parent = Trace.recorded
    }

    /// Runs the search, on the thread that is its own now, and stops its watch.
    func run<Result>(_ watch: inout ThreadStopwatch, _ body: () throws -> Result) rethrows
        -> Result
    {
        let start = SearchNotes.now
        let began = resources.time.monotonicNanoseconds()
        let diskWaits = cost == nil ? 0 : ThreadFaults.count
        let isNoted = parent != nil || resources.slowSearchNanoseconds != nil
        let notes = isNoted ? SearchNotes() : nil
        defer {
            let nanoseconds = resources.time.monotonicNanoseconds() - began
            let cpuNanoseconds = watch.stop()
            activity.cpuNanoseconds.add(cpuNanoseconds)
            cost?.note(
                microseconds: cpuNanoseconds / 1_000,
                waitedForDisk: ThreadFaults.count != diskWaits)
            resources.metrics.searches.observe(Int(nanoseconds), trace: parent?.trace)
            if let notes {
                trace(notes, since: start)
                logIfSlow(notes, nanoseconds)
            }
        }
        return try SearchNotes.$current.withValue(notes, operation: body)
    }

    private func trace(_ notes: SearchNotes, since start: UInt64) {
        guard let parent else { return }
        let omitted = notes.omittedCount
        let search = parent.record(
            "search", fromUnixNanoseconds: start, to: SearchNotes.now,
            omitted > 0 ? [Attribute("tessera.steps.omitted", omitted)] : [])
        for step in notes.steps {
            search.record(
                step.name, fromUnixNanoseconds: step.startUnixNanoseconds,
                to: step.endUnixNanoseconds, step.attributes)
        }
    }

    private func logIfSlow(_ notes: SearchNotes, _ nanoseconds: UInt64) {
        guard let slow = resources.slowSearchNanoseconds, nanoseconds >= slow else { return }
        resources.metrics.slowSearches.add()
        var metadata: Logger.Metadata = [
            "tenant": "\(tenant)", "collection": "\(collection)",
            "milliseconds": .stringConvertible(nanoseconds / 1_000_000),
            "plan": .array(notes.steps.map { .dictionary($0.metadata) }),
        ]
        if notes.omittedCount > 0 {
            metadata["steps_omitted"] = .stringConvertible(notes.omittedCount)
        }
        if let parent { metadata["trace_id"] = "\(parent.trace.traceID)" }
        resources.logger.notice("slow search", metadata: metadata)
    }
}

extension SearchNotes.Step {
    fileprivate var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = [
            "step": "\(name)",
            "micros": .stringConvertible((endUnixNanoseconds &- startUnixNanoseconds) / 1000),
        ]
        for attribute in attributes { metadata[attribute.key] = "\(attribute.value)" }
        return metadata
    }
}
