import ChromaModel
import Platform
import Synchronization
import Usage

/// A keeper in memory that loses questions and answers.
final class MemoryKeeper: UsageKeeper {
    struct Lost: Error {}

    private struct Cursor {
        var sequence: UInt64 = 0
        var hash = UsageBatch.firstHash
        var isClosed = false
    }

    private struct State {
        var cursors: [String: Cursor] = [:]
        var cells: [String: UsageCell] = [:]
    }

    private let state = Mutex(State())
    /// One of so many calls is lost on its way, and one answer; 0: none.
    private let losses: Int
    private let random: any RandomSource

    init(losses: Int = 0, random: any RandomSource = SystemRandomSource()) {
        self.losses = losses
        self.random = random
    }

    func take(_ batch: UsageBatch) async throws -> UsageReceipt {
        if isLost() { throw Lost() }
        let receipt = state.withLock { state in
            let name = "\(batch.origin.source)/\(batch.origin.boot)"
            var cursor = state.cursors[name] ?? Cursor()
            defer { state.cursors[name] = cursor }
            if batch.sequence + 1 == cursor.sequence, batch.chainHash == cursor.hash {
                return UsageReceipt.taken
            }
            guard batch.sequence == cursor.sequence, batch.previousHash == cursor.hash else {
                return .expects(sequence: cursor.sequence, previousHash: cursor.hash)
            }
            for cell in batch.cells { Self.merge(cell, into: &state.cells) }
            cursor = Cursor(
                sequence: cursor.sequence + 1, hash: batch.chainHash, isClosed: batch.isLast)
            return .taken
        }
        if isLost() { throw Lost() }
        return receipt
    }

    private static func merge(_ cell: UsageCell, into cells: inout [String: UsageCell]) {
        let name = "\(cell.key) \(cell.meter) \(cell.origin)"
        if let known = cells[name], known.quantity >= cell.quantity { return }
        cells[name] = cell
    }

    private func isLost() -> Bool { losses > 0 && random.next() % UInt64(losses) == 0 }

    func sum(_ meter: Meter) -> UInt64 {
        state.withLock { state in
            state.cells.values.reduce(0) { $0 + ($1.meter == meter ? $1.quantity : 0) }
        }
    }

    /// Boots that were said to have ended.
    var closedCount: Int { state.withLock { $0.cursors.values.count(where: \.isClosed) } }
}
