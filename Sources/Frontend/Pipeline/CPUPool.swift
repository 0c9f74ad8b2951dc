import ChromaModel
import NIOCore
import NIOPosix
import Platform
import Synchronization

/// Threads for decoding and encoding large bodies, so that neither an event loop nor Swift's own
/// pool is held by one. They yield to those that answer small requests.
///
/// The queue is bounded: past it a request is refused rather than kept waiting with its body.
final class CPUPool: Sendable {
    /// Bodies of at least so many bytes are worth a change of thread: parsing takes about 1 µs
    /// for each KB, the change about 20 µs.
    static let bodyBytesMin = 64 * 1024

    /// Pieces of work that may wait or run for each thread.
    private static let queueMaxPerThread = 64

    private let threads: NIOThreadPool
    private let queueMax: Int
    private let queued = Atomic<Int>(0)

    /// - Parameter threadCount: at least 1.
    init(threadCount: Int) {
        threads = NIOThreadPool(numberOfThreads: threadCount)
        queueMax = threadCount * Self.queueMaxPerThread
        threads.start()
    }

    /// Runs `work` here when `bytes` is small, else on a thread of the pool.
    ///
    /// Throws what `work` throws, and `resourceExhausted` when too much is queued.
    func run<Result: Sendable>(
        bytes: Int, _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        guard bytes >= Self.bodyBytesMin else { return try work() }
        defer { queued.subtract(1, ordering: .relaxed) }
        guard queued.add(1, ordering: .relaxed).newValue <= queueMax else {
            throw ServiceError(.resourceExhausted, "Too many requests; backoff and try again")
        }
        return try await threads.runIfActive {
            ThreadPriority.bulk.take()
            return try work()
        }
    }

    func shutDown() async {
        try? await threads.shutdownGracefully()
    }
}
