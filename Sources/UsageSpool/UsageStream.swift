import Usage

/// Sends one boot's reports in order, each until it is answered.
struct UsageStream {
    let origin: UsageOrigin
    private let keeper: any UsageKeeper
    private var sequence: UInt64
    private var hash = UsageBatch.firstHash
    /// Sent without an answer: it may have been taken, so it is sent again as it was before
    /// anything else.
    private var unanswered: UsageBatch?
    private(set) var watermark = UsageMinute(0)

    /// - Parameter isNew: whether the keeper knows nothing of the boot yet; else its first answer
    ///   says where to go on.
    init(origin: UsageOrigin, keeper: any UsageKeeper, isNew: Bool) {
        self.origin = origin
        self.keeper = keeper
        // A number that nobody expects asks for the one that is.
        sequence = isNew ? 0 : UInt64(Int64.max)
    }

    /// Reports cells. When it returns the keeper has them.
    ///
    /// Throws what the keeper throws; then all of it is to be reported again.
    mutating func report(
        _ cells: [UsageCell], watermark: UsageMinute, isLast: Bool = false
    ) async throws {
        if let unanswered { try await send(unanswered) }
        let sorted = cells.sorted()
        let starts = stride(from: 0, to: max(sorted.count, 1), by: UsageBatch.cellsMax)
        for start in starts {
            let end = min(start + UsageBatch.cellsMax, sorted.count)
            let isEnd = end == sorted.count
            try await sendUntilTaken(
                Array(sorted[start..<end]), isEnd ? max(watermark, self.watermark) : self.watermark,
                isLast: isLast && isEnd)
        }
        self.watermark = max(watermark, self.watermark)
    }

    private mutating func sendUntilTaken(
        _ cells: [UsageCell], _ watermark: UsageMinute, isLast: Bool
    ) async throws {
        for _ in 0..<Self.attemptsMax {
            let batch = UsageBatch(
                origin: origin, sequence: sequence, previousHash: hash, watermark: watermark,
                isLast: isLast, cells: cells)
            if try await send(batch) { return }
        }
        throw UsageStreamBroken(origin: origin)
    }

    /// Whether the report was taken; if not, the next one is what the keeper expects.
    @discardableResult
    private mutating func send(_ batch: UsageBatch) async throws -> Bool {
        unanswered = batch
        let receipt = try await keeper.take(batch)
        unanswered = nil
        switch receipt {
        case .taken:
            (sequence, hash) = (batch.sequence + 1, batch.chainHash)
            return true
        case .expects(let sequence, let previousHash):
            (self.sequence, hash) = (sequence, previousHash)
            return false
        }
    }

    private static let attemptsMax = 3
}

/// The keeper never takes what it says it expects: somebody else reports as the same boot.
struct UsageStreamBroken: Error, CustomStringConvertible {
    let origin: UsageOrigin
    var description: String {
        "Two processes report usage as \(origin.source)/\(origin.boot)"
    }
}
