import ChromaModel
import Logging
import Platform
import Synchronization
import Telemetry
import TenantStorage
import Usage

/// Writes groups of proposals to the log and applies them. Held by one drain at a time.
struct Committer: ~Copyable {
    /// Bytes of one group at the most, unless a single entry is larger.
    static let groupBytesMax = 16 << 20

    private let log: LogWriter
    /// Nil when it could not be written.
    private(set) var catalog: Catalog?
    private let metrics: EngineMetrics
    private let time: any TimeSource
    /// Says that the tenant has usage to report.
    let mark: UnreportedMark
    private let logger: Logger
    private var sequencer = Sequencer()
    /// Once closed, the files may be another engine's.
    private(set) var isClosed = false

    init(
        log: LogWriter, catalog: Catalog?, time: any TimeSource, mark: UnreportedMark,
        metrics: EngineMetrics, logger: Logger
    ) {
        self.log = log
        self.catalog = catalog
        self.time = time
        self.mark = mark
        self.metrics = metrics
        self.logger = logger
    }

    var failedAt: LogEnd? { log.failure == nil ? nil : log.end }

    var lastPosition: LogPosition { log.end.last }

    /// Commits the longest prefix of `group` whose parts don't depend on each other.
    ///
    /// - Parameter failure: set before any proposal is refused because the log failed, so that
    ///   whoever is refused and tries again meets a new engine.
    /// - Returns: how many proposals were answered, at least one, and the log bytes of those
    ///   that were applied.
    mutating func commit(
        _ group: ArraySlice<CommitQueue.Pending>,
        to directory: borrowing Mutex<CollectionDirectory>, failure: borrowing Mutex<LogEnd?>
    ) -> (answered: Int, bytes: Int) {
        var staged: [(CommitQueue.Pending, StagedEntry)] = []
        var bytes = 0
        var taken = 0
        sequencer.reset()
        for pending in group {
            guard bytes < Self.groupBytesMax else { break }
            let staging = directory.withLock {
                sequencer.stage(
                    pending.proposal, within: pending.quotas, in: $0, head: log.end.last)
            }
            if case .wait = staging { break }
            taken += 1
            switch staging {
            case .append(let entry):
                staged.append((pending, entry))
                bytes += entry.bytes.count
            case .answer(let outcome): pending.continuation.resume(returning: outcome)
            case .refuse(let error): pending.continuation.resume(throwing: error)
            case .wait: break
            }
        }
        return (taken, write(staged, to: directory, failure: failure) ? bytes : 0)
    }

    /// Begins the log file of a checkpoint and captures what is folded up to it: all tails are
    /// frozen, so that later writes go elsewhere.
    ///
    /// - Parameter isQuiet: whether that is done because nobody has written for a while.
    mutating func capture(
        _ directory: borrowing Mutex<CollectionDirectory>, isQuiet: Bool
    ) throws(FileError) -> Sealer.Capture {
        let logFile = try log.beginFile()
        let (collections, lineages, usage) = directory.withLock {
            ($0.all, $0.lineages.described, $0.usage)
        }
        var capture = Sealer.Capture(
            logFile: logFile, position: log.end.last, lineages: lineages, usage: usage,
            isQuiet: isQuiet)
        for collection in collections {
            switch collection.contents.form {
            case .open(let records):
                capture.collections.append(CapturedCollection(collection, records))
            case .unread(let unread):
                capture.unread.append(unread.described(collection.state))
            }
        }
        return capture
    }

    /// What collections read of segments. No entry is applied meanwhile, so none is missed.
    func partsInUse(_ directory: borrowing Mutex<CollectionDirectory>) -> Set<SegmentPart> {
        var used: Set<SegmentPart> = []
        for collection in directory.withLock({ $0.all }) {
            switch collection.contents.form {
            case .open(let records):
                used.formUnion(records.snapshot().segments.map(\.part))
            case .unread(let unread): used.formUnion(unread.parts.map(\.rows))
            }
        }
        return used
    }

    /// Closes the files. The catalog is told where the log ends, so that the next start notices
    /// when the log has lost its last frame meanwhile.
    mutating func close() {
        isClosed = true
        log.close()
        do {
            if log.failure == nil { try catalog?.apply([], upTo: log.end.last) }
            try catalog?.close()
        } catch {
            logger.warning("catalog did not close", metadata: ["error": "\(error)"])
        }
    }

    /// Whether the entries were applied.
    private mutating func write(
        _ staged: [(CommitQueue.Pending, StagedEntry)],
        to directory: borrowing Mutex<CollectionDirectory>, failure: borrowing Mutex<LogEnd?>
    ) -> Bool {
        guard !staged.isEmpty else { return false }
        let charges = charges(for: staged, in: directory)
        do {
            if charges != nil { mark.set() }
            var position = try append(staged, charges)
            var changes: [CatalogChange] = []
            var outcomes: [CommitOutcome] = []
            for (_, entry) in staged {
                let applied = Self.apply(entry.entry, at: position, to: directory)
                changes += applied.changes
                outcomes.append(applied.outcome)
                position = position.next
            }
            if let charges {
                directory.withLock { _ = $0.apply(.charged(charges), at: position) }
            }
            updateCatalog(changes)
            for (index, outcome) in outcomes.enumerated() {
                staged[index].0.continuation.resume(returning: outcome)
            }
            return true
        } catch {
            metrics.logFailures.add()
            logger.error("log write failed", metadata: ["error": "\(error)"])
            failure.withLock { $0 = failedAt }
            let refusal = Self.refusal(error)
            for (pending, _) in staged { pending.continuation.resume(throwing: refusal) }
            return false
        }
    }

    /// Writes and syncs a group; the position of its first entry.
    private func append(
        _ staged: [(CommitQueue.Pending, StagedEntry)], _ charges: WriteCharges?
    ) throws(FileError) -> LogPosition {
        let began = time.monotonicNanoseconds()
        let charged = charges.map { LogEntrySerializer.bytes(of: .charged($0)) }
        let span = GroupSpan(staged.compactMap(\.0.place), writes: staged.count)
        defer { span?.end() }
        do throws(FileError) {
            let position = try log.append(
                staged.map(\.1.bytes) + (charged.map { [$0] } ?? []))
            metrics.logSyncs.observe(
                Int(time.monotonicNanoseconds() - began), trace: staged.first?.0.place?.trace)
            metrics.groupWrites.observe(staged.count)
            return position
        } catch {
            span?.fail("log_write")
            throw error
        }
    }

    /// What the group costs: one quantity for each payer and collection. Nil when it is free.
    private func charges(
        for staged: [(CommitQueue.Pending, StagedEntry)],
        in directory: borrowing Mutex<CollectionDirectory>
    ) -> WriteCharges? {
        var tab = ChargeTab()
        let stamp = directory.withLock { directory in
            for (pending, staged) in staged {
                tab.add(staged.entry, by: pending.payer, in: directory)
            }
            return directory.usage.stamp(atMilliseconds: time.unixMilliseconds())
        }
        return tab.charges.isEmpty
            ? nil : WriteCharges(milliseconds: stamp, charges: tab.charges)
    }

    /// Record entries are applied outside the directory's lock: they may take long, and readers
    /// look collections up under it.
    private static func apply(
        _ entry: LogEntry, at position: LogPosition,
        to directory: borrowing Mutex<CollectionDirectory>
    ) -> Applied {
        guard let (id, changes) = entry.recordChanges else {
            return directory.withLock { $0.apply(entry, at: position) }
        }
        let collection = directory.withLock { $0.collection(id) }
        return collection?.apply(changes, at: position) ?? Applied()
    }

    /// The catalog is derived: when it cannot be written, the log still has everything. It is let
    /// go then, so that its position stays behind what it misses and the next start rebuilds it.
    private mutating func updateCatalog(_ changes: [CatalogChange]) {
        guard !changes.isEmpty, let catalog else { return }
        do { try catalog.apply(changes, upTo: log.end.last) } catch {
            logger.warning("catalog not updated", metadata: ["error": "\(error)"])
            self.catalog = nil
        }
    }

    private static func refusal(_ error: FileError) -> ServiceError {
        error.isOutOfSpace
            ? ServiceError(
                .insufficientStorage,
                "The disk is full: nothing of this request was stored; retry when there is space",
                cause: error)
            : ServiceError(
                .unavailable,
                "The write could not be stored; it may be retried", cause: error)
    }
}
