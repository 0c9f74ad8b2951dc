/// When a tenant is sealed: a while after its last write, or at once when much has gathered.
///
/// Pure: events in, what to do out. Times are monotonic nanoseconds.
struct SealSchedule {
    enum Action: Equatable {
        case none
        case sealNow
        /// Ask again at that time.
        case wakeAt(UInt64)
    }

    private let quietNanoseconds: UInt64
    private let logBytesMax: Int
    private var unsealedBytes = 0
    private var lastWrite: UInt64?
    private var isSealing = false
    private var isWaking = false

    init(quietNanoseconds: UInt64, logBytesMax: Int) {
        self.quietNanoseconds = quietNanoseconds
        self.logBytesMax = logBytesMax
    }

    /// Entries of that many log bytes were applied.
    mutating func wrote(bytes: Int, at now: UInt64) -> Action {
        unsealedBytes += bytes
        lastWrite = now
        return decide(at: now)
    }

    /// The time that was asked for has come.
    mutating func woke(at now: UInt64) -> Action {
        isWaking = false
        return decide(at: now)
    }

    /// A seal ended; `failed` ones are tried again after the quiet time.
    mutating func sealed(at now: UInt64, failed: Bool) -> Action {
        isSealing = false
        if failed { lastWrite = now }
        return failed ? waitForQuiet(from: now) : decide(at: now)
    }

    private mutating func decide(at now: UInt64) -> Action {
        guard let lastWrite, !isSealing else { return .none }
        guard unsealedBytes >= logBytesMax || now >= lastWrite + quietNanoseconds else {
            return waitForQuiet(from: lastWrite)
        }
        self.lastWrite = nil
        unsealedBytes = 0
        isSealing = true
        return .sealNow
    }

    private mutating func waitForQuiet(from time: UInt64) -> Action {
        guard !isWaking else { return .none }
        isWaking = true
        return .wakeAt(time + quietNanoseconds)
    }
}
