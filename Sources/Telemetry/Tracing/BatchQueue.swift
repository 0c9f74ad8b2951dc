import Synchronization

/// What waits to be exported: bounded, never waited for. What finds no room is counted and gone.
package final class BatchQueue<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var dropped = 0
        var taken = 0
        /// Less than a batch goes too.
        var isDue = false
        var isFinished = false
    }

    private let countMax: Int
    private let batchMax: Int
    private let state = Mutex(State())
    private let wake: AsyncStream<Void>.Continuation
    /// Yields when a whole batch waits.
    package let batches: AsyncStream<Void>

    package init(countMax: Int, batchMax: Int) {
        self.countMax = countMax
        self.batchMax = min(batchMax, countMax)
        (batches, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package var count: Int { state.withLock { $0.elements.count } }
    /// What found no room since the start.
    package var dropped: Int { state.withLock { $0.dropped } }
    /// What was let in since the start.
    package var taken: Int { state.withLock { $0.taken } }

    package func append(_ element: Element) {
        let isBatch = state.withLock { state in
            guard state.elements.count < countMax else {
                state.dropped += 1
                return false
            }
            state.elements.append(element)
            state.taken += 1
            return state.elements.count == batchMax
        }
        if isBatch { wake.yield() }
    }

    /// Takes the oldest, a batch at the most. Less than a batch is left for later, unless it was
    /// nudged or finished: a busy process must not send request after request of a few elements.
    package func next() -> [Element] {
        state.withLock { state in
            guard state.elements.count >= batchMax || state.isDue || state.isFinished else {
                return []
            }
            if state.elements.count <= batchMax {
                state.isDue = false
                defer { state.elements = [] }
                return state.elements
            }
            let batch = Array(state.elements.prefix(batchMax))
            state.elements.removeFirst(batchMax)
            return batch
        }
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

extension BatchQueue: SpanSink where Element == FinishedSpan {
    package func take(_ span: FinishedSpan) { append(span) }
}
