import ChromaModel
import TenantStorage

/// A collection as it was when the log file of a checkpoint began.
struct CapturedCollection: Sendable {
    let collection: Collection
    let records: CollectionRecords
    let state: CollectionState
    /// All its parts, the tail among them as the last.
    let parts: [RecordWriter.SealedPart]
    let nextOrder: UInt64
    let sizes: LogicalSizes

    /// Freezes the tail, so that later writes go elsewhere.
    init(_ collection: Collection, _ records: CollectionRecords) {
        self.collection = collection
        self.records = records
        (state, parts, nextOrder, sizes) = records.change { writer in
            writer.freezeTail()
            return (collection.state, writer.sealed, writer.nextOrder, writer.sizes)
        }
    }

    /// Live rows a small segment may have to be merged whatever its neighbours.
    private static let smallRows = 256

    /// The parts to be put into one new segment: those in memory, and the segments before them
    /// that are small beside what is merged already, or mostly deleted. Empty when there is
    /// nothing to do.
    ///
    /// Each row is so rewritten about log(rows) times over its life: size-tiered merging.
    ///
    /// - Parameter isQuiet: whether nobody writes. Then searches are what comes next, and more is
    ///   merged for them.
    func partsToSeal(isQuiet: Bool) -> Range<Int> {
        var start = parts.count
        var rows = 0
        if let stale = parts.firstIndex(where: \.isMostlyDeleted) {
            start = stale
            rows = parts[stale...].reduce(0) { $0 + $1.part.liveCount }
        }
        while start > 0 {
            let part = parts[start - 1].part
            guard
                parts[start - 1].isInMemory
                    || (start < parts.count && part.liveCount <= max(2 * rows, Self.smallRows))
            else { break }
            rows += part.liveCount
            start -= 1
        }
        guard isQuiet else { return start..<parts.count }
        return ((0..<start).first { isOneBetter(from: $0) } ?? start)..<parts.count
    }

    /// Elements (rows × dimension) that are merged only to make searches cheaper: 256 MB of them,
    /// for other tenants' seals wait meanwhile.
    private static let settledElementsMax = 64 << 20

    /// How many times the rows of all others the largest of them may have.
    private static let settledShareMax = 12

    /// Whether the parts from one on are better merged, where the time for it is there: a search
    /// of two graphs costs nearly twice that of one with the rows of both, and a scan of ten
    /// thousand codes as much as a graph. As each row's segment grows by a twelfth at least, this
    /// too is done about log(rows) times.
    private func isOneBetter(from start: Int) -> Bool {
        guard parts.count - start > 1 else { return false }
        let rows = parts[start...].map(\.part.liveCount)
        let (sum, largest) = (rows.reduce(0, +), rows.max() ?? 0)
        return largest <= Self.settledShareMax * (sum - largest)
            && sum * (state.dimension ?? 0) <= Self.settledElementsMax
    }

    /// The parts in memory alone: what is sealed when segments before them are not to be read.
    var partsInMemory: Range<Int> {
        let start = (parts.lastIndex { !$0.isInMemory }).map { $0 + 1 } ?? 0
        return start..<parts.count
    }

    /// Whether anything was written since the last seal: rows, or deletions alone.
    var hasNewWrites: Bool { unindexedOperations > 0 }

    var unindexedOperations: Int { Int(state.written.operations - state.indexed.operations) }

    /// The state once the seal is done; `position` is the log's as of the capture.
    func sealed(_ state: CollectionState, at position: LogPosition) -> CollectionState {
        guard hasNewWrites else { return state }
        var sealed = state
        sealed.version += 1
        sealed.logPosition = position.value
        sealed.indexed = self.state.written
        return sealed
    }
}

extension RecordWriter.SealedPart {
    var isInMemory: Bool {
        switch rows {
        case .memory: true
        case .segment: false
        }
    }

    /// Whether a rewrite would free half of its room.
    fileprivate var isMostlyDeleted: Bool {
        !isInMemory && deleted.count * 2 > part.rowCount
    }
}
