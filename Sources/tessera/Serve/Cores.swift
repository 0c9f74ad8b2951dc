import CScheduling
import Glibc
import NIOCore

/// How many cores this process may use, and so how many threads it has for what takes them
/// (ARCHITECTURE.md, "Threads").
enum Cores {
    /// What a quota of its control group leaves, and what it is kept to, as by `taskset`.
    static let count: Int = {
        let allowed = Int(tsched_cores_allowed())
        return allowed > 0 ? min(allowed, System.coreCount) : System.coreCount
    }()

    /// Threads that decode and encode large bodies, at 1 GB/s each: more than these, and the
    /// network is what is waited for.
    static var bodyThreadCount: Int { min(count, 16) }

    /// Has as many event loops as cores, unless the environment says how many. Call it once,
    /// before there are any.
    static func countLoops() {
        guard getenv("NIO_SINGLETON_GROUP_LOOP_COUNT") == nil else { return }
        NIOSingletons.groupLoopCountSuggestion = count
    }
}
