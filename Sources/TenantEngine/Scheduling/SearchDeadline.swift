import ChromaModel
import Platform
import Synchronization
import VectorIndex

/// When a search ends even though it isn't done: when its time is up, or when nobody waits for it
/// any more.
///
/// One for each request. All that is done for the request asks it every few hundred rows, which
/// costs a look at the clock.
final class SearchDeadline: StopSignal {
    private let isGivenUp = Atomic(false)
    /// In monotonic nanoseconds.
    private let end: UInt64
    private let secondsMax: Int
    private let time: any TimeSource

    /// - Parameter secondsMax: how long the search may take from now on; nil: as long as it likes.
    init(secondsMax: Int?, time: any TimeSource = SystemTimeSource()) {
        self.secondsMax = secondsMax ?? 0
        self.time = time
        end = secondsMax.map { time.monotonicNanoseconds() + UInt64($0) * 1_000_000_000 } ?? .max
    }

    /// Nobody waits for the search any more.
    func giveUp() { isGivenUp.store(true, ordering: .relaxed) }

    var isSet: Bool { isGivenUp.load(ordering: .relaxed) || isOver }

    /// Throws `CancellationError` when nobody waits, `deadlineExceeded` when the time is up.
    @inline(__always)
    func check() throws {
        if isSet { throw reason }
    }

    private var isOver: Bool { end != .max && time.monotonicNanoseconds() >= end }

    private var reason: any Error {
        guard !isGivenUp.load(ordering: .relaxed) else { return CancellationError() }
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

    /// Notes some work that is about to be done. Throws as `SearchDeadline.check` does.
    @inline(__always)
    mutating func spend(_ work: Int) throws {
        left -= work
        guard left <= 0 else { return }
        left = Self.workPerLook
        try deadline.check()
    }
}
