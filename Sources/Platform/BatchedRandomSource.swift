import Glibc
import Synchronization

/// The kernel's generator, asked for many words at a time: for what every request needs, such as
/// the id of its trace. Words that wait are in memory, so keys and secrets come from
/// `SystemRandomSource`.
package final class BatchedRandomSource: RandomSource {
    /// All that one call of `getentropy` gives: 256 bytes.
    private static let batchWords = 32

    private let words = Mutex<[UInt64]>([])

    package init() {}

    package func next() -> UInt64 {
        words.withLock { words in
            if words.isEmpty { words = Self.batch() }
            return words.removeLast()
        }
    }

    private static func batch() -> [UInt64] {
        [UInt64](unsafeUninitializedCapacity: batchWords) { words, count in
            count = batchWords
            // Refused only by kernels that have no such call.
            guard getentropy(words.baseAddress, batchWords * 8) != 0 else { return }
            var generator = SystemRandomNumberGenerator()
            for place in 0..<batchWords { words.initializeElement(at: place, to: generator.next()) }
        }
    }
}
