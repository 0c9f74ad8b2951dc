import Synchronization

/// Counters by a word, such as the reason of a refusal. For what is seldom counted: it has a lock.
///
/// The words must come from a set that callers can't make larger.
package final class CounterTable: Sendable {
    private let counters = Mutex<[String: Int]>([:])

    package init() {}

    package func add(_ word: String, _ amount: Int = 1) {
        counters.withLock { $0[word, default: 0] += amount }
    }

    /// A point for each word that was counted, in the order of the words.
    package func points(_ key: String) -> [MetricFamily.Point] {
        let all = counters.withLock { $0 }
        return all.sorted { $0.key < $1.key }.map { word, count in
            MetricFamily.Point([Attribute(key, word)], Double(count))
        }
    }
}
