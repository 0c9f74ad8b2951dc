import Dispatch
import Synchronization

/// The blocks of an index section, made by a thread of their own while the sections before it are
/// written: so a segment takes as long as its slowest part, not as all together.
final class BlocksAhead: Sendable {
    /// Rows below which a section isn't worth a thread.
    static let rowsMin = 8192
    /// Blocks that are made and not taken: they are in memory.
    private static let blocksMax = 2

    private struct State {
        var blocks: [NewIndexBlock] = []
        var isCancelled = false
    }

    private let state = Mutex(State())
    private let room = DispatchSemaphore(value: 0)
    private let made = DispatchSemaphore(value: 0)

    /// - Parameter make: hands over one block after the other; what it is given throws when
    ///   nobody wants them any more.
    init(
        _ make:
            @escaping @Sendable ((NewIndexBlock) throws(CancellationError) -> Void)
            throws(CancellationError) -> Void
    ) {
        for _ in 0..<Self.blocksMax { room.signal() }
        StorageThreads.start { [self] in
            try? make { (block) throws(CancellationError) in try put(block) }
            made.signal()
        }
    }

    /// The next block, once it is made; nil after the last. One thread asks, and not again then.
    func next() -> NewIndexBlock? {
        made.wait()
        let block = state.withLock { $0.blocks.isEmpty ? nil : $0.blocks.removeFirst() }
        if block != nil { room.signal() }
        return block
    }

    /// No more blocks are wanted.
    func cancel() {
        state.withLock { $0.isCancelled = true }
        room.signal()
    }

    private func put(_ block: NewIndexBlock) throws(CancellationError) {
        room.wait()
        let isWanted = state.withLock { state in
            if !state.isCancelled { state.blocks.append(block) }
            return !state.isCancelled
        }
        guard isWanted else { throw CancellationError() }
        made.signal()
    }
}
