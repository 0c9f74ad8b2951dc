import Platform
import Synchronization

/// A reproducible `RandomSource` and generator: SplitMix64. Print the seed when a test fails.
package final class SeededRandom: RandomSource {
    package let seed: UInt64
    private let state: Atomic<UInt64>

    package init(seed: UInt64) {
        self.seed = seed
        state = Atomic(seed)
    }

    package func next() -> UInt64 {
        var z = state.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number in `0..<bound`.
    package func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// A float in `-1..<1`.
    package func unitFloat() -> Float { Float(next() >> 40) / Float(1 << 23) - 1 }
}
