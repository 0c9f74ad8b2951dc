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
    /// among them. Blocking.
    static func forEach(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        let counter = Counter()
        let loop: @Sendable () -> Void = {
            while true {
                let index = counter.next.wrappingAdd(1, ordering: .relaxed).oldValue
                if index >= count { return }
                body(index)
            }
        }
        let group = DispatchGroup()
        for _ in 1..<max(1, min(coreCount, count)) {
            queue.async(group: group, execute: loop)
        }
        loop()
        group.wait()
    }

    private final class Counter: Sendable {
        let next = Atomic(0)
    }
}
