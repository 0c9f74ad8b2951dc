import ChromaModel
import Synchronization
import TenantStorage
import Usage

/// A collection's records, read from their segments when they are first needed.
///
/// **Invariants:** once open they stay open. Sections of segments are checked before anyone reads
/// them. What is damaged is refused as a whole and changed by nobody; whoever asks after a while
/// has it tried again.
final class CollectionContents: Sendable {
    enum Form: Sendable {
        case unread(UnreadRecords)
        case open(CollectionRecords)
    }

    /// Why the records cannot be served.
    struct Damage: Sendable {
        let error: StorageError
        /// What a client is told.
        let refusal: ServiceError
        /// When it was noticed, monotonic.
        let time: UInt64
    }

    /// What whoever needs some sections has to do.
    enum Access: Sendable {
        case ready(CollectionRecords)
        case refused(ServiceError)
        /// Wait for the reading that is under way, and ask again.
        case wait(Task<Void, any Error>)
    }

    private struct State {
        var form: Form
        var damage: Damage?
        var reading: Task<Void, any Error>?
    }

    /// After this long damaged records are tried again: a disk may have recovered.
    private static let retryNanoseconds: UInt64 = 30_000_000_000

    private let state: Mutex<State>

    private init(_ form: Form) { state = Mutex(State(form: form)) }

    convenience init(_ unread: UnreadRecords) {
        self.init(unread.openedIfInNoSegment.map { .open($0) } ?? .unread(unread))
    }

    convenience init(open records: CollectionRecords = CollectionRecords()) {
        self.init(.open(records))
    }

    deinit {
        if case .unread(let unread) = form { unread.budget?.shrank(by: unread.entryBytes) }
    }

    var form: Form { state.withLock { $0.form } }
    var damage: Damage? { state.withLock { $0.damage } }

    /// The records if they are open.
    var records: CollectionRecords? {
        guard case .open(let records) = form else { return nil }
        return records
    }

    /// How many records a read of that level sees; nil when they must be read to know.
    func count(at level: ReadLevel) -> Int? {
        let (form, damage) = state.withLock { ($0.form, $0.damage) }
        guard damage == nil else { return nil }
        switch form {
        case .unread(let unread): return unread.liveCount
        case .open(let records): return records.snapshot(at: level).liveCount
        }
    }

    /// What a read goes through.
    var extent: ReadExtent {
        switch form {
        case .unread(let unread): unread.extent
        case .open(let records): records.sizes.extent
        }
    }

    /// Logical bytes of the live records; nil when they must be read to know.
    var liveBytes: UInt64? {
        switch form {
        case .unread(let unread): unread.entries.isEmpty ? unread.logicalBytes : nil
        case .open(let records): records.sizes.liveBytes
        }
    }

    /// The records with those sections checked, or how to get them.
    ///
    /// - Parameter read: starts a reading; called under a lock.
    func access(
        _ sections: SectionSet, at now: UInt64, read: () -> Task<Void, any Error>
    ) -> Access {
        state.withLock { state in
            if let damage = state.damage {
                if now < damage.time + Self.retryNanoseconds { return .refused(damage.refusal) }
            } else if case .open(let records) = state.form, records.has(sections) {
                return .ready(records)
            }
            if let reading = state.reading { return .wait(reading) }
            let reading = read()
            state.reading = reading
            return .wait(reading)
        }
    }

    /// The reading ended, well or not.
    func readingEnded() { state.withLock { $0.reading = nil } }

    /// Notes why the records cannot be served; nil: they can.
    ///
    /// - Returns: whether that is news.
    @discardableResult
    func note(_ damage: Damage?) -> Bool {
        state.withLock { state in
            defer { state.damage = damage }
            return state.damage?.error.description != damage?.error.description
        }
    }

    /// Opens the records and checks sections of all their segments. Blocking.
    ///
    /// - Throws: `StorageError` when a segment is gone, unreadable or damaged.
    @discardableResult
    func read(_ sections: SectionSet) throws(StorageError) -> CollectionRecords {
        let records = try open()
        try records.require(sections)
        return records
    }

    /// Opens the records and reads all of their segments, what was checked before too: what was
    /// damaged is served again only when every byte of it is whole. Blocking.
    func readAgain() throws(StorageError) -> CollectionRecords {
        let records = try open()
        for segment in records.snapshot().segments { try segment.recheck(.all) }
        try records.require(.all)
        return records
    }

    /// Folds the changes of one log entry in.
    func fold(_ changes: [RecordChange], at position: UInt64) {
        let records = state.withLock { state -> CollectionRecords? in
            switch state.form {
            case .open(let records): return records
            case .unread(var unread):
                let before = unread.entryBytes
                unread.append(changes, at: position)
                unread.budget?.grew(by: unread.entryBytes - before)
                state.form = .unread(unread)
                return nil
            }
        }
        records?.apply(changes, at: position)
    }

    /// The same records for another collection; none is copied or read.
    func fork(at position: UInt64) -> CollectionContents {
        switch form {
        case .open(let records): return CollectionContents(open: records.fork(at: position))
        case .unread(let unread):
            let fork = unread.forked(at: position)
            fork.budget?.grew(by: fork.entryBytes)
            return CollectionContents(fork)
        }
    }

    private func open() throws(StorageError) -> CollectionRecords {
        while true {
            let unread: UnreadRecords
            switch form {
            case .open(let records): return records
            case .unread(let found): unread = found
            }
            let opened = try unread.open()
            state.withLock { state in
                // Unless another was faster, or an entry came.
                guard case .unread(let now) = state.form,
                    now.entries.count == unread.entries.count
                else { return }
                state.form = .open(opened)
                unread.budget?.shrank(by: unread.entryBytes)
            }
        }
    }
}

extension CollectionRecords {
    /// Whether those sections of all segments are checked.
    func has(_ sections: SectionSet) -> Bool { snapshot().segments.allSatisfy { $0.has(sections) } }

    /// Checks sections of all segments.
    func require(_ sections: SectionSet) throws(StorageError) {
        var segments = snapshot().segments
        while true {
            do throws(StorageError) {
                for segment in segments { try segment.require(sections) }
                return
            } catch {
                // A seal may have put another segment in the place of one that is gone now.
                let now = snapshot().segments
                guard !now.elementsEqual(segments, by: ===) else { throw error }
                segments = now
            }
        }
    }
}

extension RecordSnapshot {
    /// The segments it reads.
    var segments: [SegmentSections] {
        parts.compactMap { part in
            guard case .segment(let sections) = part.rows else { return nil }
            return sections
        }
    }
}
