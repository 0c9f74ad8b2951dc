import ChromaModel
import Platform
import Synchronization
import VectorIndex

/// When a search ends even though it isn't done: when its time is up, when nobody waits for it
/// any more, or when its collection is deleted.
///
/// One for each request. All that is done for the request asks it every few hundred rows, which
/// costs a look at the clock.
final class SearchDeadline: StopSignal {
    private let isGivenUp = Atomic(false)
    /// In monotonic nanoseconds.
    private let end: UInt64
    private let secondsMax: Int
    private let collection: Collection?
    private let time: any TimeSource

    /// - Parameters:
    ///   - secondsMax: how long the search may take; nil: as long as it likes.
    ///   - start: since when its time runs, in monotonic nanoseconds; nil: from now on.
    ///   - collection: what is searched.
    init(
        secondsMax: Int?, since start: UInt64? = nil, in collection: Collection? = nil,
        time: any TimeSource = SystemTimeSource()
    ) {
        self.secondsMax = secondsMax ?? 0
        self.collection = collection
        self.time = time
        end =
            secondsMax.map {
                (start ?? time.monotonicNanoseconds()) + UInt64($0) * 1_000_000_000
            } ?? .max
    }

    /// Nobody waits for the search any more.
    func giveUp() { isGivenUp.store(true, ordering: .relaxed) }

    var isSet: Bool { isGivenUp.load(ordering: .relaxed) || isPointless || isOver }

    /// Throws `CancellationError` when nobody waits, `notFound` when the collection was deleted,
    /// `deadlineExceeded` when the time is up.
    @inline(__always)
    func check() throws {
        if isSet { throw reason }
    }

    private var isPointless: Bool { collection?.isDeleted ?? false }

    private var isOver: Bool { end != .max && time.monotonicNanoseconds() >= end }

    private var reason: any Error {
        guard !isGivenUp.load(ordering: .relaxed) else { return CancellationError() }
        if let collection, collection.isDeleted {
            return ServiceError.noCollection(id: collection.id.description)
        }
        return ServiceError(
            .deadlineExceeded,
            """
            The search took longer than \(secondsMax) s and was ended. Ask for less at once: \
            fewer queries or results, or a filter that is simpler or selects more narrowly.
            """)
    }
}

/// How much was done since the deadline was last asked.
struct SearchPace {
    /// Work between two looks: some ten microseconds' worth, as tests of metadata go.
    private static let workPerLook = 256
    /// Bytes of text that are searched in the time of one test of metadata, or less.
    static let bytesPerWork = 256

    private let deadline: SearchDeadline
    private var left = workPerLook

    init(_ deadline: SearchDeadline) { self.deadline = deadline }

    /// Throws as `SearchDeadline.check` does, in the midst of work that takes long.
    func look() throws { try deadline.check() }

    /// Notes some work that is about to be done. Throws as `SearchDeadline.check` does.
    @inline(__always)
    mutating func spend(_ work: Int) throws {
        left -= work
        guard left <= 0 else { return }
        left = Self.workPerLook
        try deadline.check()
    }
}
