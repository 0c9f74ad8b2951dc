import ChromaModel
import Logging
import NIOPosix
import Platform
import Synchronization
import TenantStorage
import VectorIndex

/// One open tenant: its log, its catalog and the collections folded from them.
///
/// Writes go through `commit`: queue → sequencer → log (write, fdatasync) → apply → answer, one
/// group at a time on an I/O thread. Reads take snapshots and never wait for a write's sync.
package final class TenantEngine: Sendable {
    let tenant: TenantID
    private let directory: Mutex<CollectionDirectory>
    private let queue = CommitQueue()
    private let committer: Mutex<Committer>
    private let failure = Mutex<LogEnd?>(nil)
    private let ioThreads: NIOThreadPool
    private let logger: Logger

    init(opened: sending OpenedTenant, ioThreads: NIOThreadPool, logger: Logger) {
        tenant = opened.tenant
        directory = Mutex(opened.directory)
        committer = Mutex(Committer(log: opened.log, catalog: opened.catalog, logger: logger))
        self.ioThreads = ioThreads
        self.logger = logger
    }

    /// Where the log durably ends if it failed; then the engine must be opened anew.
    /// Never waits for a write.
    var failedAt: LogEnd? { failure.withLock { $0 } }

    func withDirectory<Result>(_ body: (CollectionDirectory) -> Result) -> Result {
        directory.withLock { body($0) }
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
    func commit(_ proposal: Proposal) async throws -> CommitOutcome {
        try await queue.submit(proposal) {
            ioThreads.submit { [self] _ in drain() }
        }
    }

    /// Finishes queued writes, then closes the files.
    func close() async {
        await queue.close()
        committer.withLock { $0.close() }
    }

    private func drain() {
        while var group = queue.next() {
            while !group.isEmpty {
                let (taken, failedAt) = committer.withLock { committer in
                    (committer.commit(group[...], to: directory), committer.failedAt)
                }
                if let failedAt { failure.withLock { $0 = failedAt } }
                group.removeFirst(taken)
            }
        }
    }
}
