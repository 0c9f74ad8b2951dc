import Synchronization

/// What waits to be exported: bounded, never waited for. What finds no room is counted and gone.
package final class BatchQueue<Element: Batchable>: Sendable {
    private struct State {
        var elements: [Element] = []
        /// Of all elements together.
        var items = 0
        var dropped = 0
        var taken = 0
        /// Less than a batch goes too.
        var isDue = false
        var isFinished = false
    }

    private let itemsMax: Int
    private let batchMax: Int
    private let state = Mutex(State())
    private let wake: AsyncStream<Void>.Continuation
    /// Yields when a whole batch waits.
    package let batches: AsyncStream<Void>

    package init(itemsMax: Int, batchMax: Int) {
        self.itemsMax = itemsMax
        self.batchMax = min(batchMax, itemsMax)
        (batches, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package var count: Int { state.withLock { $0.items } }
    /// Items that found no room since the start.
    package var dropped: Int { state.withLock { $0.dropped } }
    /// Items that were let in since the start.
    package var taken: Int { state.withLock { $0.taken } }

    package func append(_ element: Element) {
        let items = element.itemCount
        let isBatch = state.withLock { state in
            guard state.items + items <= itemsMax else {
                state.dropped += items
                return false
            }
            let before = state.items
            state.elements.append(element)
            state.items += items
            state.taken += items
            return before < batchMax && state.items >= batchMax
        }
        if isBatch { wake.yield() }
    }

    /// Takes the oldest, as many elements as a batch takes. Less than a batch is left for later,
    /// unless it was nudged or finished: a busy process must not send request after request of a
    /// few elements.
    package func next() -> [Element] {
        state.withLock { state in
            guard state.items >= batchMax || state.isDue || state.isFinished else { return [] }
            if state.items <= batchMax {
                state.isDue = false
                defer { (state.elements, state.items) = ([], 0) }
                return state.elements
            }
            let batch = state.elements.prefix(batchCount(of: state.elements))
            state.elements.removeFirst(batch.count)
            state.items -= batch.reduce(0) { $0 + $1.itemCount }
            return Array(batch)
        }
    }

    /// How many elements are a batch: one at the least, so that all go some time.
    private func batchCount(of elements: [Element]) -> Int {
        var items = 0
        let end = elements.firstIndex { element in
            items += element.itemCount
            return items > batchMax
        }
        return max(end ?? elements.count, 1)
    }

    /// Has `batches` yield now, and what waits now go, be it less than a batch.
    package func nudge() {
        state.withLock { $0.isDue = !$0.elements.isEmpty }
        wake.yield()
    }

    /// Ends `batches`; what is left can be taken.
    package func finish() {
        state.withLock { $0.isFinished = true }
        wake.finish()
    }
}

/// Goes to the exporter in batches that are limited by their items.
package protocol Batchable: Sendable {
    var itemCount: Int { get }
}

extension FinishedSpans: Batchable {
    package var itemCount: Int { spans.count }
}

extension LogRecord: Batchable {
    package var itemCount: Int { 1 }
}

extension BatchQueue: SpanSink where Element == FinishedSpans {
    package func take(_ spans: FinishedSpans) { append(spans) }
}
