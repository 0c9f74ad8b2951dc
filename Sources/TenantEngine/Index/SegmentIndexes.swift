import ChromaModel
import Logging
import NIOPosix
import Platform
import Synchronization
import TenantStorage
import VectorIndex

/// The indexes of a tenant's segments: opened when they are first asked for, built in the
/// background where there are none.
///
/// An index is derived and never needed: rows without one are all scored. One that is missing or
/// damaged is built anew and never an error.
///
/// **Invariants:** an index is used only after its file is durable and was checked. Once closed
/// nothing is written any more.
final class SegmentIndexes: Sendable {
    enum Slot {
        case ready(EmbeddingIndex)
        case building(IndexBuild)
        /// There is none; not to be tried again before then.
        case absent(until: UInt64)
    }

    private struct State {
        var slots: [SegmentPart: Slot] = [:]
        var isClosed = false
    }

    /// How long it takes until a build that failed is tried again: the disk may be full.
    private static let retryNanoseconds: UInt64 = 300_000_000_000

    let policy: IndexPolicy
    let store: SegmentStore
    let time: any TimeSource
    let logger: Logger
    let metrics: EngineMetrics
    private let threads: NIOThreadPool
    private let memory: IndexMemory
    private let state = Mutex(State())
    /// Held while a file is written, so that closing waits for that.
    private let writing = Mutex(())

    init(_ store: SegmentStore, policy: IndexPolicy, resources: EngineResources) {
        self.store = store
        self.policy = policy
        threads = resources.indexThreads
        memory = resources.indexMemory
        time = resources.time
        logger = resources.logger
        metrics = resources.metrics
    }

    /// The index of a part's rows in that space, if there is one now.
    func index(of rows: SegmentSections, space: DistanceSpace) -> EmbeddingIndex? {
        guard policy.covers(rows: rows.rowCount) else { return nil }
        guard case .ready(let index)? = state.withLock({ $0.slots[rows.part] }) else { return nil }
        return index.rows.space == space ? index : nil
    }

    /// Whether nobody has looked yet if there is an index of these rows.
    func isUnknown(_ rows: SegmentSections) -> Bool {
        policy.covers(rows: rows.rowCount) && state.withLock { $0.slots[rows.part] == nil }
    }

    /// Builds that wait or run.
    var buildCount: Int {
        state.withLock { state in
            state.slots.values.count { if case .building = $0 { true } else { false } }
        }
    }

    /// Opens the index of a part, or has it built. Blocking.
    func open(
        _ rows: SegmentSections, space: DistanceSpace,
        isWanted: @escaping @Sendable (SegmentPart) -> Bool
    ) {
        guard isUnknown(rows) else { return }
        guard let index = load(rows, space) else {
            return request(rows, space: space, isWanted: isWanted)
        }
        state.withLock { state in
            if state.slots[rows.part] == nil { state.slots[rows.part] = .ready(index) }
        }
    }

    /// Has the index of a part opened or built in the background, unless that was done.
    func request(
        _ rows: SegmentSections, space: DistanceSpace,
        isWanted: @escaping @Sendable (SegmentPart) -> Bool
    ) {
        guard policy.covers(rows: rows.rowCount) else { return }
        let now = time.monotonicNanoseconds()
        let build = state.withLock { state -> IndexBuild? in
            guard !state.isClosed else { return nil }
            switch state.slots[rows.part] {
            case .ready, .building: return nil
            case .absent(let until) where now < until: return nil
            default: break
            }
            let build = IndexBuild(of: rows.part, time: time, isWanted: isWanted)
            state.slots[rows.part] = .building(build)
            return build
        }
        guard let build else { return }
        start(build, rows, space)
    }

    /// Runs a build when there are memory and a thread for it.
    private func start(_ build: IndexBuild, _ rows: SegmentSections, _ space: DistanceSpace) {
        let bytes = IndexBuilder.memoryBytes(rows: rows.rowCount, dimension: rows.dimension)
        memory.take(bytes) { [weak self, threads, memory] in
            threads.submit { [weak self] stage in
                defer { memory.giveBack(bytes) }
                guard stage == .active, let self else { return }
                run(build, rows, space)
            }
        }
    }

    /// Gives up indexes and builds of rows that nobody reads any more. Their files are the
    /// store's to remove.
    func forget(except kept: Set<SegmentPart>) {
        state.withLock { state in
            for (part, slot) in state.slots where !kept.contains(part) {
                if case .building(let build) = slot { build.cancel() }
                state.slots[part] = nil
            }
        }
    }

    /// Cancels all builds; returns when no file is being written any more.
    func close() {
        state.withLock { state in
            state.isClosed = true
            for case .building(let build) in state.slots.values { build.cancel() }
        }
        writing.withLock { _ in }
    }

    /// Calls `body` with nobody else writing and nobody closing meanwhile.
    ///
    /// - Throws: `CancellationError` when it is closed, and what `body` throws.
    func whileOpen(_ body: () throws -> Void) throws {
        try writing.withLock { _ in
            if state.withLock({ $0.isClosed }) { throw CancellationError() }
            try body()
        }
    }

    /// Whether what the build makes has a place.
    func expects(_ build: IndexBuild) -> Bool {
        state.withLock { state in
            guard case .building(let found)? = state.slots[build.part] else { return false }
            return found === build
        }
    }

    /// A build ended.
    ///
    /// - Parameter slot: what to find from now on; nil: nothing is known, as before.
    func end(_ build: IndexBuild, with slot: Slot?) {
        state.withLock { state in
            guard case .building(let found)? = state.slots[build.part], found === build else {
                return
            }
            state.slots[build.part] = slot
        }
    }

    var retryTime: UInt64 { time.monotonicNanoseconds() + Self.retryNanoseconds }
}
