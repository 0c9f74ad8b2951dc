import Platform
import Synchronization

/// How values are distributed over fixed buckets: three atomic additions a value, no lock.
///
/// Values are whole numbers in a raw unit (nanoseconds, bytes); `scale` turns them into the unit
/// that is shown.
package final class Histogram: Sendable {
    private let bounds: [Int]
    private let scale: Double
    /// One more than bounds: the last has what is above all of them.
    private let buckets: [Counter]
    private let sum = Counter()
    /// The last traced value of each bucket. Never waited for: an exemplar may be lost.
    private let exemplars: Mutex<[Exemplar?]>

    /// - Parameters:
    ///   - bounds: upper bounds of the buckets in the raw unit, ascending; each bound is inside.
    ///   - scale: what one raw unit is in the unit that is shown.
    package init(bounds: [Int], scale: Double) {
        self.bounds = bounds
        self.scale = scale
        buckets = (0...bounds.count).map { _ in Counter() }
        exemplars = Mutex(Array(repeating: nil, count: bounds.count + 1))
    }

    /// Times in nanoseconds, shown in seconds.
    package static func ofSeconds() -> Histogram {
        Histogram(bounds: secondsBounds, scale: 1e-9)
    }

    /// 0.25 ms to 30 s: from a read in memory to what a client gives up on.
    private static let secondsBounds = [
        250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000,
        100_000_000, 250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000, 10_000_000_000,
        30_000_000_000,
    ]

    /// Counts, such as the writes of a group.
    package static func ofCounts() -> Histogram {
        Histogram(bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024], scale: 1)
    }

    package func observe(_ value: Int, trace: TraceContext? = nil) {
        let place = bounds.firstIndex { value <= $0 } ?? bounds.count
        buckets[place].add()
        sum.add(value)
        guard let trace, trace.isSampled else { return }
        let exemplar = Exemplar(
            value: Double(value) * scale, trace: trace,
            unixNanoseconds: SystemTimeSource().unixNanoseconds())
        _ = exemplars.withLockIfAvailable { $0[place] = exemplar }
    }

    package var isEmpty: Bool { buckets.allSatisfy { $0.value == 0 } }

    /// What was observed. Its count is the sum of its buckets, whatever is observed meanwhile.
    package var snapshot: Snapshot {
        Snapshot(
            bounds: bounds.map { Double($0) * scale }, counts: buckets.map(\.value),
            sum: Double(sum.value) * scale, exemplars: exemplars.withLock { $0 })
    }

    package struct Snapshot: Sendable {
        package let bounds: [Double]
        /// Of each bucket alone, one more than bounds.
        package let counts: [Int]
        package let sum: Double
        package let exemplars: [Exemplar?]

        package var count: Int { counts.reduce(0, +) }
    }

    /// A value with the trace in which it was observed.
    package struct Exemplar: Sendable {
        package let value: Double
        package let trace: TraceContext
        package let unixNanoseconds: UInt64
    }
}
