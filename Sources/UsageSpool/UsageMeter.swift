import ChromaModel
import Logging
import NIOPosix
import Platform
import Synchronization
import Usage

/// Counts what this process's requests used, in memory and in its spool.
///
/// A request waits until its amounts are written, not until they are synced: a kill loses
/// nothing, a power cut the last `syncMilliseconds`. Whoever comes while a frame is being written
/// is in the next one, so a busy process writes few frames.
package final class UsageMeter: UsageRecorder, UsageSource {
    /// The longest that an amount is in the kernel's cache alone.
    static let syncMilliseconds: UInt64 = 200
    /// A spool file is followed by the next after so long, without what is reported since.
    private static let fileSeconds: UInt64 = 600

    private struct Queue {
        var amounts: [UsageAmount] = []
        var waiting: [CheckedContinuation<Void, Never>] = []
        var isDraining = false
        var isSyncScheduled = false
    }

    /// Who counts.
    package let origin: UsageOrigin
    private let queue = Mutex(Queue())
    private let cells = Mutex(LiveCells())
    private let spool: Mutex<Spool>
    /// One writes; the other syncs, for which no request waits.
    private let threads = NIOThreadPool(numberOfThreads: 2)
    private let time: any TimeSource
    private let logger: Logger

    /// What only the writing thread touches.
    private struct Spool: ~Copyable {
        let writer: SpoolWriter
        var fileBegan: UInt64 = 0
        var isBroken = false
    }

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
        let key = UsageKey(
            tenant: tenant, database: database, collection: collection, credential: credential,
            minute: UsageMinute(milliseconds: time.unixMilliseconds()))
        await withCheckedContinuation { continuation in
            let mustDrain = queue.withLock { queue in
                queue.amounts.append(UsageAmount(key: key, quantities: counted))
                queue.waiting.append(continuation)
                defer { queue.isDraining = true }
                return !queue.isDraining
            }
            if mustDrain { threads.submit { [self] _ in drain() } }
        }
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

    private func drain() {
        while let (amounts, waiting) = next() {
            spool.withLock { write(amounts, to: &$0) }
            cells.withLock { cells in for amount in amounts { cells.add(amount) } }
            for continuation in waiting { continuation.resume() }
            scheduleSync()
        }
    }

    /// What has gathered; nil ends the draining.
    private func next() -> ([UsageAmount], [CheckedContinuation<Void, Never>])? {
        queue.withLock { queue in
            guard !queue.amounts.isEmpty else {
                queue.isDraining = false
                return nil
            }
            defer { (queue.amounts, queue.waiting) = ([], []) }
            return (queue.amounts, queue.waiting)
        }
    }

    private func write(_ amounts: [UsageAmount], to spool: inout Spool) {
        do throws(FileError) {
            let now = time.monotonicNanoseconds()
            let isOld = now >= spool.fileBegan + Self.fileSeconds * 1_000_000_000
            if spool.writer.wantsNextFile || isOld || spool.isBroken {
                try spool.writer.beginFile(with: cells.withLock { $0.snapshot })
                spool.fileBegan = now
            }
            try spool.writer.append(amounts)
            if spool.isBroken { logger.notice("usage is written down again") }
            spool.isBroken = false
        } catch {
            guard !spool.isBroken else { return }
            spool.isBroken = true
            logger.error(
                "usage can't be written down; until it can, a crash loses what isn't reported",
                metadata: ["error": "\(error)"])
        }
    }

    private func scheduleSync() {
        let mustSchedule = queue.withLock { queue in
            defer { queue.isSyncScheduled = true }
            return !queue.isSyncScheduled
        }
        guard mustSchedule else { return }
        Task { [weak self] in
            try? await Task.sleep(for: .milliseconds(Self.syncMilliseconds))
            self?.threads.submit { [weak self] _ in self?.sync() }
        }
    }

    private func sync() {
        queue.withLock { $0.isSyncScheduled = false }
        // Outside of the lock, so that nobody waits for the disk. A file that was closed
        // meanwhile was followed by another, which is durable.
        try? spool.withLock { $0.writer.fileInUse }?.syncData()
    }
}

extension UsageMeter {
    package func pending(countMax: Int) async -> PendingUsage {
        let now = UsageMinute(milliseconds: time.unixMilliseconds())
        let passed = UsageMinute(now.value - min(now.value, 1))
        let places = cells.withLock { $0.pending(countMax: countMax) }
        let reported = places.map { place, quantity in
            UsageCell(key: place.key, meter: place.meter, origin: origin, quantity: quantity)
        }
        // A minute behind, for the requests that are counting now.
        let watermark = places.count < countMax ? passed : UsageMinute(0)
        return PendingUsage(cells: reported, watermark: watermark) { [self] in
            cells.withLock { cells in
                cells.acknowledge(places)
                cells.forget(before: passed)
            }
        }
    }
}
