import ChromaModel
import Platform
import Synchronization

/// Makes UUIDv7 identifiers that only ever grow in this process, even within a millisecond or
/// when the clock steps back (RFC 9562 §6.2), so that the order of ids is the order of creation.
final class IDGenerator: Sendable {
    private let time: any TimeSource
    private let random: any RandomSource
    private let last = Mutex(UniqueID(high: 0, low: 0))

    init(time: any TimeSource, random: any RandomSource) {
        self.time = time
        self.random = random
    }

    func next() -> UniqueID {
        last.withLock { last in
            let fresh = UniqueID(version7At: time.unixMilliseconds(), random: random.pair())
            last = max(fresh, Self.successor(of: last))
            return last
        }
    }

    /// The next larger UUIDv7: one more in the random bits, or the next millisecond.
    private static func successor(of id: UniqueID) -> UniqueID {
        let randomBits: UInt64 = 0x3FFF_FFFF_FFFF_FFFF
        guard id.low & randomBits == randomBits else {
            return UniqueID(high: id.high, low: id.low + 1)
        }
        return UniqueID(version7At: (id.high >> 16) + 1, random: (0, 0))
    }
}
