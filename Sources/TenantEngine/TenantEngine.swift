import ChromaModel
import Logging
import NIOPosix
import Platform
import Synchronization
import Telemetry
import TenantStorage
import Usage
import VectorIndex

/// The threads and clocks a host lends its engines.
struct EngineResources: Sendable {
    /// Log writes and opening.
    let ioThreads: NIOThreadPool
    /// Sealing.
    let backgroundThreads: NIOThreadPool
    /// Reading and checking segments.
    let readingThreads: NIOThreadPool
    /// Building indexes.
    let indexThreads: NIOThreadPool
    let indexMemory: IndexMemory
    let time: any TimeSource
    let random: any RandomSource
    let writes: WriteBudget
    let freed: FreedMemory
    let metrics: EngineMetrics
    /// Searches that take as long are logged; nil: none.
    let slowSearchNanoseconds: UInt64?
    let logger: Logger
}

/// One open tenant: its log, its segments, its catalog and the collections folded from them.
///
/// Writes go through `commit`: queue → sequencer → log (write, fdatasync) → apply → answer, one
/// group at a time on an I/O thread. Reads take snapshots and never wait for a write's sync.
package final class TenantEngine: Sendable {
    let tenant: TenantID
    private let directory: Mutex<CollectionDirectory>
    private let queue = CommitQueue()
    private let committer: Mutex<Committer>
    private let failure = Mutex<LogEnd?>(nil)
    private let schedule: Mutex<SealSchedule>
    /// The last minute in which sizes were reported. They are at most once a minute and never in
    /// the minute of the opening, when an engine before may have: a second sample of a minute
    /// could be smaller, and the larger would hold.
    let sampledMinute: Mutex<UsageMinute>
    /// Held while sealing.
    private let sealing = Mutex(Sealing())
    private let sealer: Sealer
    let indexes: SegmentIndexes
    let resources: EngineResources
    /// Called when a seal ended.
    private let onSealed: @Sendable () -> Void
    /// The memory this tenant's writes take.
    let budget: TenantBudget
    /// What metrics call the tenant; set by its first request.
    let label = AtomicLazyReference<TenantLabel>()

    init(
        opened: sending OpenedTenant, configuration: EngineConfiguration,
        resources: EngineResources, onSealed: @escaping @Sendable () -> Void
    ) {
        tenant = opened.tenant
        budget = opened.budget
        let isUnsealed = opened.isUnsealed
        directory = Mutex(opened.directory)
        sealer = Sealer(
            store: opened.segments, checkpoints: opened.checkpoints, random: resources.random)
        indexes = SegmentIndexes(
            opened.segments, policy: configuration.indexes, resources: resources)
        committer = Mutex(
            Committer(
                log: opened.log, catalog: opened.catalog, time: resources.time,
                mark: opened.unreported, metrics: resources.metrics, logger: resources.logger))
        sampledMinute = Mutex(UsageMinute(milliseconds: resources.time.unixMilliseconds()))
        schedule = Mutex(
            SealSchedule(
                quietNanoseconds: configuration.sealQuietNanoseconds,
                logBytesMax: configuration.unsealedBytesMax))
        self.resources = resources
        self.onSealed = onSealed
        // Else a tenant that is opened and closed again and again would replay ever more.
        if isUnsealed { wrote(budget.tailBytes) }
    }

    /// Where the log durably ends if it failed; then the engine must be opened anew.
    /// Never waits for a write.
    var failedAt: LogEnd? { failure.withLock { $0 } }

    func withDirectory<Result>(_ body: (CollectionDirectory) -> Result) -> Result {
        directory.withLock { body($0) }
    }

    /// Forgets usage that the keeper has. Blocking, when that was all.
    func acknowledge(_ report: LogUsageReport, atMilliseconds now: UInt64) {
        let isReported = directory.withLock { directory in
            directory.usage.acknowledge(
                report.quantities, sizes: report.sizes, atMilliseconds: now)
            return directory.usage.isReported
        }
        guard isReported else { return }
        // Under the committer's lock no charge can come between the look and the removal.
        committer.withLock { committer in
            guard !committer.isClosed, directory.withLock({ $0.usage.isReported }) else { return }
            committer.mark.clear()
        }
    }

    /// - Throws: `notFound` when the collection is not in that database.
    func collection(_ id: CollectionID, in database: DatabaseID) throws(ServiceError)
        -> Collection
    {
        guard let found = withDirectory({ $0.collection(id, in: database) }) else {
            throw .noCollection(id: id.description)
        }
        return found
    }

    /// Makes a change durable and visible.
    ///
    /// - Throws: `ServiceError` when it is refused or cannot be stored, `EngineClosed` when the
    ///   engine closed before it was taken.
    ///
    /// - Parameter payer: who is charged for it.
    func commit(
        _ proposal: Proposal, within quotas: EffectiveQuotas, for payer: UsageCredential
    ) async throws -> CommitOutcome {
        try await prepare(proposal)
        guard let size = size(of: proposal) else {
            return try await submit(proposal, quotas, payer)
        }
        try await budget.enter(size)
        defer { budget.leave(size) }
        return try await Trace.step("commit") {
            try await submit(proposal, quotas, payer)
        }
    }

    private func submit(
        _ proposal: Proposal, _ quotas: EffectiveQuotas, _ payer: UsageCredential
    ) async throws -> CommitOutcome {
        try await queue.submit(proposal, within: quotas, for: payer) {
            resources.ioThreads.submit { [self] _ in drain() }
        }
    }

    /// Whether closing would not wait for a seal, nor leave much to replay.
    var isSettled: Bool { schedule.withLock { !$0.isSealing && !$0.hasMuchUnsealed } }

    /// Finishes queued writes and a running seal, then closes the files.
    func close() async {
        await queue.close()
        do { try await resources.ioThreads.runIfActive { self.closeFiles() } } catch {
            resources.logger.error(
                "tenant's files stay open until the process ends",
                metadata: ["tenant": "\(tenant)", "error": "\(error)"])
        }
    }

    private func closeFiles() {
        indexes.close()
        sealing.withLock { sealing in
            guard !sealing.isClosed else { return }
            sealing = Sealing(isClosed: true)
            committer.withLock { $0.close() }
        }
    }

    /// Whether a seal is under way.
    var isSealing: Bool { schedule.withLock { $0.isSealing } }

    private func drain() {
        let began = ThreadCPU.nanoseconds()
        defer {
            label.load()?.activity.cpuNanoseconds.add(ThreadCPU.nanoseconds() - began)
        }
        while var group = queue.next() {
            while !group.isEmpty {
                let (answered, bytes) = committer.withLock { committer in
                    committer.commit(group[...], to: directory, failure: failure)
                }
                group.removeFirst(answered)
                if bytes > 0 { wrote(bytes) }
                label.load()?.activity.writtenBytes.add(bytes)
            }
        }
    }

    private func wrote(_ bytes: Int) {
        let now = resources.time.monotonicNanoseconds()
        let isNearBound = budget.isNearBound
        perform(schedule.withLock { $0.wrote(bytes: bytes, isNearBound: isNearBound, at: now) })
        resources.writes.relieve()
    }

    /// Seals soon, since memory is short. False when there is nothing to seal now.
    func press() -> Bool {
        let now = resources.time.monotonicNanoseconds()
        let (action, isSealing) = schedule.withLock { ($0.pressed(at: now), $0.isSealing) }
        perform(action)
        return isSealing
    }

    private func perform(_ action: SealSchedule.Action) {
        switch action {
        case .none: break
        case .sealNow: resources.backgroundThreads.submit { [self] _ in sealScheduled() }
        case .wakeAt(let time):
            let now = resources.time.monotonicNanoseconds()
            Task { [weak self] in
                if time > now { try? await Task.sleep(nanoseconds: time - now) }
                self?.woke(from: time)
            }
        }
    }

    private func woke(from alarm: UInt64) {
        let now = max(resources.time.monotonicNanoseconds(), alarm)
        perform(schedule.withLock { $0.woke(at: now) })
    }

    private func sealScheduled() {
        var failure: (any Error)?
        let began = resources.time.monotonicNanoseconds()
        do { try seal() } catch { failure = error }
        let now = resources.time.monotonicNanoseconds()
        resources.metrics.seals.observe(Int(now - began))
        label.load()?.activity.sealingNanoseconds.add(Int(now - began))
        if failure != nil { resources.metrics.sealFailures.add() }
        let (failures, bytes, action) = schedule.withLock { schedule in
            let (failures, bytes) = (schedule.failures, schedule.sealingBytes)
            return (failures, bytes, schedule.sealed(at: now, failed: failure != nil))
        }
        report(failure, after: failures)
        perform(action)
        resources.writes.sealEnded()
        if failure == nil, action != .sealNow { resources.freed.sealed(bytes) }
        onSealed()
    }

    /// Logs the first failure of a row, and its end.
    private func report(_ failure: (any Error)?, after failures: Int) {
        if let failure, failures == 0 {
            resources.logger.error(
                "sealing failed; the log keeps everything, and it is tried again until it works",
                metadata: ["tenant": "\(tenant)", "error": "\(failure)"])
        } else if failure == nil, failures > 0 {
            resources.logger.notice(
                "sealing works again",
                metadata: ["tenant": "\(tenant)", "failures": "\(failures)"])
        }
    }

    /// Moves every tail into segments and writes a checkpoint. Blocking.
    ///
    /// What an earlier seal captured and could not write is written first: capturing again and
    /// again would begin a log file each time, on a disk that may be full.
    func seal() throws {
        try sealing.withLock { sealing in
            guard !sealing.isClosed else { return }
            _ = try sealAll(&sealing)
        }
    }

    /// Seals, and holds on to what the checkpoint names. Everything that was acknowledged before
    /// the call is in it.
    ///
    /// - Throws: `EngineClosed` when the engine closed before.
    func cut() async throws -> TenantCut {
        try await resources.backgroundThreads.runIfActive { [self] in
            try sealing.withLock { sealing in
                guard !sealing.isClosed else { throw EngineClosed() }
                let checkpoint = try sealAll(&sealing)
                guard checkpoint.collections.allSatisfy(\.unfolded.isEmpty) else {
                    throw ServiceError(
                        .unavailable,
                        "A collection of this tenant is damaged, so it cannot be backed up; "
                            + "repair it first: tessera scrub --tenant \(tenant) --repair")
                }
                return TenantCut(
                    checkpoint: checkpoint, segments: try sealer.store.files(of: checkpoint))
            }
        }
    }

    private func sealAll(_ sealing: inout Sealing) throws -> Checkpoint {
        if var unfinished = sealing.unfinished {
            // The disk may be too full for more than must be.
            unfinished.isQuiet = false
            let checkpoint = try finish(unfinished, &sealing)
            if committer.withLock({ $0.lastPosition }) == checkpoint.position { return checkpoint }
        }
        readWhatIsUnfolded()
        let isQuiet = schedule.withLock(\.isSealingQuiet)
        let capture = try committer.withLock { committer in
            defer { failure.withLock { $0 = committer.failedAt } }
            return try committer.capture(directory, isQuiet: isQuiet)
        }
        sealing.unfinished = capture
        return try finish(capture, &sealing)
    }

    private func finish(_ capture: Sealer.Capture, _ sealing: inout Sealing) throws
        -> Checkpoint
    {
        let checkpoint = try sealer.seal(capture) { [self] in note($1, of: $0) }
        sealing.unfinished = nil
        // A fork made since the capture may share what the checkpoint doesn't name; the next will.
        let kept = committer.withLock { $0.partsInUse(directory) }.union(checkpoint.segmentParts)
        indexes.forget(except: kept)
        // What the next seal will merge isn't worth an index; a query that wants one asks for it.
        if !schedule.withLock({ $0.isSoonDue }) {
            indexWhatIsSealed()
            committer.withLock { $0.catalog }?.cutLog()
        }
        try sealer.removeGarbage(before: checkpoint, except: kept)
        return checkpoint
    }

    /// Opens the collections that have entries behind the checkpoint. What can't be opened takes
    /// its entries along into the next.
    private func readWhatIsUnfolded() {
        for collection in withDirectory({ $0.all }) where collection.contents.damage == nil {
            guard case .unread(let unread) = collection.contents.form else { continue }
            if !unread.entries.isEmpty { read([], of: collection) }
        }
    }
}

/// What sealing keeps from one time to the next.
private struct Sealing {
    /// Once the engine is closed its files may be another's.
    var isClosed = false
    /// What was captured and is not yet in segments.
    var unfinished: Sealer.Capture?
}
