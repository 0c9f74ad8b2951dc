import Access
import Synchronization

/// When tokens were last used, until it is written down: the newest time of each.
package final class LastUses: TokenUses {
    private let newest = Mutex<[TokenKeyID: UInt64]>([:])

    package init() {}

    package func note(_ keyID: TokenKeyID, atMilliseconds now: UInt64) {
        newest.withLock { $0[keyID] = max($0[keyID] ?? 0, now) }
    }

    package func find(_ keyID: TokenKeyID) -> UInt64? { newest.withLock { $0[keyID] } }

    /// All there is, by key id; nothing of it is kept.
    package func take() -> [(keyID: TokenKeyID, milliseconds: UInt64)] {
        let taken = newest.withLock { newest in
            defer { newest = [:] }
            return newest
        }
        return taken.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
