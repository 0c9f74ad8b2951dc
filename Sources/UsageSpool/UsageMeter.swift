import ChromaModel
import Glibc
import Logging
import NIOPosix
import Platform
import Synchronization
import Usage

/// Counts what this process's requests used, in memory and in its spool.
///
/// A request goes on when its amounts are written, not when they are synced: a kill loses nothing,
/// a power cut the last `syncMilliseconds`. It writes them itself: a copy into the kernel's cache
/// takes a microsecond, a change of threads many. Only what could take longer is left to a thread
/// of the meter's own, for all that wait by then: another request goes on writing, the next file
/// is due, or the disk is slow or refuses.
package final class UsageMeter: UsageRecorder, UsageSource {
    /// The longest that an amount is in the kernel's cache alone.
    static let syncMilliseconds: UInt64 = 200

    /// How often a request looks whether another has done writing, which takes a few microseconds,
    /// before it leaves its amounts to the thread.
    private static let looksMax = 8

    private struct Queue {
        var usages: [RequestUsage] = []
        var waiting: [CheckedContinuation<Void, Never>] = []
        var isDraining = false
    }

    /// Who counts.
    package let origin: UsageOrigin
    private let queue = Mutex(Queue())
    private let spool: Mutex<Spool>
    /// Only who holds `spool` counts into it, so that both have the same.
    private let cells = Mutex(LiveCells())
    private let isSyncScheduled = Atomic(false)
    /// One writes; the other syncs, for which no request waits.
    private let threads = NIOThreadPool(numberOfThreads: 2)
    private let time: any TimeSource
    private let logger: Logger

    /// - Parameter directory: of this boot's files; it exists.
    package init(
        origin: UsageOrigin, directory: String, fileSystem: any FileSystem,
        time: any TimeSource = SystemTimeSource(), logger: Logger
    ) {
        self.origin = origin
        self.time = time
        self.logger = logger
        spool = Mutex(Spool(writer: SpoolWriter(fileSystem: fileSystem, directory: directory)))
        threads.start()
    }

    package func record(
        _ quantities: [MeterQuantity], tenant: TenantID, database: DatabaseID?,
        collection: CollectionID?, credential: UsageCredential
    ) async {
        let counted = quantities.filter { $0.quantity > 0 }
        guard !counted.isEmpty else { return }
        let usage = RequestUsage(
            tenant: tenant, database: database, collection: collection, credential: credential,
            quantities: counted)
        if !writeHere(usage) { await writeOnThread(usage) }
        scheduleSync()
    }

    /// Whether the keeper has everything.
    var isReported: Bool { cells.withLock { $0.isReported } }

    /// Writes everything down, and lets go of the files. Nothing may be recorded afterwards.
    package func close() async {
        try? await threads.shutdownGracefully()
        spool.withLock { spool in
            try? spool.writer.sync()
            spool.writer.close()
        }
    }

    /// False, and nothing is done, when it could take long.
    private func writeHere(_ usage: RequestUsage) -> Bool {
        for _ in 0..<Self.looksMax {
            if let isWritten = writeUnlessLocked(usage) { return isWritten }
            sched_yield()
        }
        return false
    }

    /// nil, and nothing is done, while another writes.
    private func writeUnlessLocked(_ usage: RequestUsage) -> Bool? {
        spool.withLockIfAvailable { spool in
            guard spool.isQuick(at: time.monotonicNanoseconds()) else { return false }
            _ = write([usage], to: &spool)
            return true
        }
    }

    private func writeOnThread(_ usage: RequestUsage) async {
        await withCheckedContinuation { continuation in
            let mustDrain = queue.withLock { queue in
                queue.usages.append(usage)
                queue.waiting.append(continuation)
                defer { queue.isDraining = true }
                return !queue.isDraining
            }
            if mustDrain { threads.submit { [self] _ in drain() } }
        }
    }

    private func drain() {
        while let (usages, waiting) = next() {
            let new = spool.withLock { write(usages, to: &$0) }
            for continuation in waiting { continuation.resume() }
            if let new { settle(new) }
        }
    }

    /// What has gathered; nil ends the draining.
    private func next() -> ([RequestUsage], [CheckedContinuation<Void, Never>])? {
        queue.withLock { queue in
            guard !queue.usages.isEmpty else {
                queue.isDraining = false
                return nil
            }
            defer { (queue.usages, queue.waiting) = ([], []) }
            return (queue.usages, queue.waiting)
        }
    }

    /// Counts and writes. What can't be written is counted all the same.
    ///
    /// - Returns: the file that was begun for it, if one was; it is to be settled.
    private func write(_ usages: [RequestUsage], to spool: inout Spool) -> NewSpoolFile? {
        let minute = UsageMinute(milliseconds: time.unixMilliseconds())
        let amounts = cells.withLock { cells in usages.map { cells.count($0, at: minute) } }
        do throws(FileError) {
            return try spool.write(amounts, time: time) { cells.withLock { $0.snapshot } }
        } catch {
            warn(error, of: &spool)
            return nil
        }
    }

    /// Outside of the lock, so that no request waits for the disk.
    private func settle(_ new: NewSpoolFile) {
        do throws(FileError) {
            try new.settle()
            if spool.withLock({ $0.settles() }) { logger.notice("usage is written down again") }
        } catch {
            spool.withLock { warn(error, of: &$0) }
        }
    }

    private func warn(_ error: FileError, of spool: inout Spool) {
        guard spool.breaks() else { return }
        logger.error(
            "usage can't be written down; until it can, a crash loses what isn't reported",
            metadata: ["error": "\(error)"])
    }

    private func scheduleSync() {
        // Most find it scheduled; a look costs less than an exchange.
        guard !isSyncScheduled.load(ordering: .relaxed),
            !isSyncScheduled.exchange(true, ordering: .acquiringAndReleasing)
        else { return }
        Task { [weak self] in
            try? await Task.sleep(for: .milliseconds(Self.syncMilliseconds))
            self?.threads.submit { [weak self] _ in self?.sync() }
        }
    }

    private func sync() {
        isSyncScheduled.store(false, ordering: .sequentiallyConsistent)
        // Outside of the lock, so that nobody waits for the disk. A file that was closed
        // meanwhile was followed by another, which is durable.
        try? spool.withLock { $0.writer.fileInUse }?.syncData()
    }
}

extension UsageMeter {
    package func pending(countMax: Int) async -> PendingUsage {
        let now = UsageMinute(milliseconds: time.unixMilliseconds())
        let passed = UsageMinute(now.value - min(now.value, 1))
        let places = cells.withLock { cells in
            cells.close(before: passed)
            return cells.pending(countMax: countMax)
        }
        let reported = places.map { place, quantity in
            UsageCell(key: place.key, meter: place.meter, origin: origin, quantity: quantity)
        }
        let watermark = places.count < countMax ? passed : UsageMinute(0)
        return PendingUsage(cells: reported, watermark: watermark) { [self] in
            cells.withLock { cells in
                cells.acknowledge(places)
                cells.forget()
            }
        }
    }
}
