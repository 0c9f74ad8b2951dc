import ChromaModel

/// What a collection remembers of its last writes, for transactions (protocol §1.9).
///
/// A read token is the position of the last entry that had changed the collection when it was
/// read. What a seal has folded away is forgotten here: older tokens are stale then.
struct RecentWrites: Sendable {
    /// Old reads kept for each collection.
    private static let pinsMax = 16

    private struct Entry {
        let position: UInt64
        let ids: [RecordID]
    }

    /// The last entry that is not remembered.
    private(set) var baseline: UInt64
    /// In order of position.
    private var entries: [Entry] = []
    /// What reads saw that may go on; in order of position.
    private var pins: [(position: UInt64, snapshot: RecordSnapshot)] = []

    init(baseline: UInt64) { self.baseline = baseline }

    /// Of the last entry.
    var position: UInt64 { entries.last?.position ?? baseline }

    mutating func add(_ ids: [RecordID], at position: UInt64) {
        entries.append(Entry(position: position, ids: ids))
    }

    mutating func forget(upTo position: UInt64) {
        let kept = entries.firstIndex { $0.position > position } ?? entries.endIndex
        if kept > 0 { baseline = entries[kept - 1].position }
        entries.removeFirst(kept)
        pins = []
    }

    /// Whether what a read sees now is not kept yet.
    var needsPin: Bool { pins.last?.position != position }

    /// Keeps what a read at the present position saw.
    mutating func pin(_ present: RecordSnapshot) {
        if pins.count == Self.pinsMax { pins.removeFirst() }
        pins.append((position, present))
    }

    /// What a read at that position saw; nil when it is not kept.
    func pinned(at position: UInt64) -> RecordSnapshot? {
        pins.first { $0.position == position }?.snapshot
    }

    /// Throws `staleRead` when that cannot be told, `writeConflict` when one of the records was
    /// written after the token.
    func check(_ ids: Set<RecordID>, after token: UInt64) throws(ServiceError) {
        guard token >= baseline, token > 0 else { throw .staleRead }
        for entry in entries.reversed() {
            guard entry.position > token else { return }
            if entry.ids.contains(where: ids.contains) { throw .writeConflict }
        }
    }
}
