/// What each key took of the processors in the last moments, and so whose share it is that others
/// would have to wait behind: pure.
///
/// Time passes in windows; the last whole one counts with the one that is under way.
struct RecentUse<Key: Hashable & Sendable>: Sendable {
    static var windowNanoseconds: UInt64 { 50_000_000 }
    /// So little in both windows, in microseconds, is never too much: a tenth of a core.
    static var freeMicroseconds: Int { 10_000 }

    private struct Window {
        var uses: [Key: Int] = [:]
        var sum = 0
    }

    private var last = Window()
    private var current = Window()
    private var began: UInt64 = 0

    /// - Parameter now: monotonic nanoseconds.
    mutating func note(_ key: Key, microseconds: Int, at now: UInt64) {
        advance(to: now)
        current.uses[key, default: 0] += microseconds
        current.sum += microseconds
    }

    /// Whether a key took no less than the average of those who took anything; so one that takes
    /// much alone is heavy before the first other comes.
    mutating func isHeavy(_ key: Key, at now: UInt64) -> Bool {
        advance(to: now)
        let use = use(of: key)
        guard use > Self.freeMicroseconds else { return false }
        let others = last.uses.keys.count { current.uses[$0] == nil }
        return use * (current.uses.count + others) >= last.sum + current.sum
    }

    private func use(of key: Key) -> Int {
        (last.uses[key] ?? 0) + (current.uses[key] ?? 0)
    }

    private mutating func advance(to now: UInt64) {
        guard now >= began + Self.windowNanoseconds else { return }
        last = now >= began + 2 * Self.windowNanoseconds ? Window() : current
        current = Window()
        began = now - now % Self.windowNanoseconds
    }
}
