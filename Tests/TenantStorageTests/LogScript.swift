import ChromaModel
import Platform
import TenantStorage
import TestSupport

/// A scripted life of a log, and the check of what a later process finds of it.
struct LogScript {
    enum Step {
        /// One group commit.
        case append([[UInt8]])
        /// A new file, as a checkpoint begins one.
        case beginFile
        /// The process ends in good order and the next one opens the log.
        case reopen
    }

    static let tenant = TenantID(UniqueID(high: 0x0123_4567_89AB_4DEF, low: 0x8000_0000_0000_0042))
    static let root = "/data/tenants/t"
    static let directory = root + "/log"
    /// Small, so that a script fills several files.
    static let fileBytesMax: UInt64 = 6_000

    let steps: [Step]

    /// Groups of one to three entries, from a few bytes to more than a sector of 4 KiB.
    static let standard = LogScript(seed: 1, groups: 14)

    init(seed: UInt64, groups: Int, bytesMax: Int = 5_000) {
        let random = SeededRandom(seed: seed)
        var next = 0
        steps = (0..<groups).flatMap { group -> [Step] in
            let entries = (0...random.below(3)).map { _ in
                defer { next += 1 }
                return Self.entry(next, bytes: [10, 200, 700, bytesMax][random.below(4)])
            }
            switch group % 5 {
            case 2: return [.append(entries), .beginFile]
            case 4: return [.append(entries), .reopen]
            default: return [.append(entries)]
            }
        }
    }

    /// A real entry that no other one equals.
    static func entry(_ number: Int, bytes: Int) -> [UInt8] {
        let ids = [RecordID("entry \(number)"), RecordID(String(repeating: "x", count: bytes))]
        return LogEntrySerializer.bytes(
            of: .recordsDeleted(collection: CollectionID(tenant.uuid), ids: ids))
    }

    /// A disk with an empty, durable tenant directory, as the engine makes it.
    static func emptyDisk() throws(FileError) -> SimulatedFileSystem {
        let disk = SimulatedFileSystem()
        try disk.createDirectory(root)
        for path in ["/", "/data", "/data/tenants"] { try disk.syncDirectory(path) }
        return disk
    }

    /// What one run of the script was promised.
    struct Outcome {
        /// Entries whose append returned.
        var acknowledged: [[UInt8]] = []
        /// Groups tried in vain since the last acknowledgement: each may or may not be there.
        var unknown: [[[UInt8]]] = []
        /// Appends that returned although the sync before them had failed in the same writer.
        var acknowledgedAfterFailure = 0

        /// A new process may have found a group whose append failed; then it stays. The same
        /// process knows better and drops it.
        mutating func found(_ entries: [[UInt8]], isNewProcess: Bool) {
            guard isNewProcess, unknown.contains(where: { acknowledged + $0 == entries }) else {
                return
            }
            acknowledged = entries
            unknown = []
        }
    }

    /// Plays the script; an open or an append that fails is not the end of it.
    ///
    /// - Parameter isDead: whether the process died meanwhile, so that it answered nobody.
    func run(
        on fileSystem: any FileSystem, from start: Outcome = Outcome(),
        isDead: () -> Bool = { false }
    ) -> Outcome {
        var outcome = start
        var log: LogWriter?
        var durableEnd: LogEnd?
        for step in steps {
            switch step {
            case .reopen:
                log?.close()
                (log, durableEnd) = (nil, nil)
            case .beginFile: _ = try? log?.beginFile()
            case .append(let entries):
                if let failed = log, failed.failure != nil {
                    durableEnd = failed.end
                    failed.close()
                    log = nil
                }
                if log == nil, let opened = try? Self.open(fileSystem, durableEnd: durableEnd) {
                    log = opened.0
                    outcome.found(opened.1, isNewProcess: durableEnd == nil)
                    durableEnd = nil
                }
                append(entries, to: log, &outcome, isDead: isDead)
            }
        }
        log?.close()
        return outcome
    }

    private func append(
        _ entries: [[UInt8]], to log: LogWriter?, _ outcome: inout Outcome, isDead: () -> Bool
    ) {
        guard let log else { return }
        let hadFailed = log.failure != nil
        do {
            _ = try log.append(entries)
            guard !isDead() else { return outcome.unknown.append(entries) }
            outcome.acknowledged += entries
            outcome.unknown = []
            if hadFailed { outcome.acknowledgedAfterFailure += 1 }
        } catch {
            outcome.unknown.append(entries)
        }
    }

    /// Opens the log as the engine does: replay, then a writer at its end.
    static func open(
        _ fileSystem: any FileSystem, durableEnd: LogEnd? = nil,
        fileBytesMax: UInt64 = Self.fileBytesMax
    ) throws -> (LogWriter, [[UInt8]]) {
        let (entries, end) = try replay(fileSystem, durableEnd: durableEnd)
        let log = try LogWriter(
            fileSystem: fileSystem, directory: directory, tenant: tenant, end: end,
            fileBytesMax: fileBytesMax)
        return (log, entries)
    }

    /// The entries of the log and its end. Throws also when positions are not 1, 2, 3….
    static func replay(_ fileSystem: any FileSystem, durableEnd: LogEnd? = nil)
        throws(StorageError) -> ([[UInt8]], LogEnd)
    {
        let reader = LogReader(fileSystem: fileSystem, directory: directory, tenant: tenant)
        var entries: [[UInt8]] = []
        let end = try reader.replay(durableEnd: durableEnd) {
            (position, entry) throws(StorageError) in
            entries.append(LogEntrySerializer.bytes(of: entry))
            guard position.value == UInt64(entries.count) else {
                throw .malformed("position \(position) for entry \(entries.count)")
            }
        }
        return (entries, end)
    }

    /// What is wrong with a log after the outcome; nil when every promise is kept.
    static func violation(of outcome: Outcome, on fileSystem: any FileSystem) -> String? {
        do {
            let (found, _) = try replay(fileSystem)
            guard found.starts(with: outcome.acknowledged) else {
                return "\(outcome.acknowledged.count) acknowledged, \(found.count) found: not them"
            }
            let rest = Array(found.dropFirst(outcome.acknowledged.count))
            guard rest.isEmpty || outcome.unknown.contains(rest) else {
                return "\(rest.count) entries that are no whole group"
            }
            return try secondLife(after: found, on: fileSystem)
        } catch {
            return "cannot be opened: \(error)"
        }
    }

    /// Recovery must be repeatable, and the log writable after it.
    private static func secondLife(after found: [[UInt8]], on fileSystem: any FileSystem) throws
        -> String?
    {
        let (log, again) = try open(fileSystem)
        guard again == found else { return "a second recovery finds something else" }
        let more = [entry(-1, bytes: 30)]
        _ = try log.append(more)
        log.close()
        return try replay(fileSystem).0 == found + more ? nil : "the log cannot go on"
    }
}
