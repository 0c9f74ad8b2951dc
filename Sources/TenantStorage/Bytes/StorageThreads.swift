import Dispatch
import Foundation
import Synchronization

/// Threads for the work on large files: not those of the runtime's pool, whose tasks would wait.
enum StorageThreads {
    /// Nothing else runs at this quality of service, and so on these threads.
    private static var queue: DispatchQueue { .global(qos: .utility) }

    private static let coreCount = ProcessInfo.processInfo.activeProcessorCount

    /// Runs `body` beside the caller.
    static func start(_ body: @escaping @Sendable () -> Void) { queue.async(execute: body) }

    /// Calls `body` with each of `0..<count`, on as many threads as there are cores, the caller's
    /// among them. Blocking, but never for a thread that hasn't begun: others may hold them all.
    static func forEach(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        guard count > 0 else { return }
        let progress = Progress()
        let loop: @Sendable () -> Void = {
            while let index = progress.next(of: count) {
                body(index)
                progress.ended(of: count)
            }
        }
        for _ in 1..<max(1, min(coreCount, count)) { queue.async(execute: loop) }
        loop()
        progress.finished.wait()
    }

    private final class Progress: Sendable {
        let finished = DispatchSemaphore(value: 0)
        private let begun = Atomic(0)
        private let done = Atomic(0)

        func next(of count: Int) -> Int? {
            let index = begun.wrappingAdd(1, ordering: .relaxed).oldValue
            return index < count ? index : nil
        }

        func ended(of count: Int) {
            let ended = done.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue
            if ended == count { finished.signal() }
        }
    }
}
