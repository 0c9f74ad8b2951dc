/// When a tenant is sealed: a while after its last write, or at once when much has gathered or
/// memory is short; and a while after the last seal of the second kind, so that what it made is
/// merged for searches.
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
    /// When something was last written that is not sealed; nil when everything is.
    private var lastWrite: UInt64?
    private(set) var isSealing = false
    /// Whether it was begun because nobody had written for a while.
    private var isForQuiet = false
    /// When to seal though nothing is unsealed, since something had pressed for the last seal.
    private var settlesAt: UInt64?
    /// Log bytes that the seal under way, or the last one, was begun for.
    private(set) var sealingBytes = 0
    /// Whether the next seal shall not wait for quiet.
    private var isPressed = false
    /// Seals that failed since the last good one.
    private(set) var failures = 0
    /// Not before then, since a seal failed.
    private var retryAt: UInt64 = 0
    /// The next time at which `woke` will be called.
    private var alarm: UInt64?

    /// Log bytes that an opening may have to replay without it being much: 4 MiB.
    private static let replayBytes = 4 << 20

    /// Log bytes that are enough for a segment of their own: 16 MiB. With fewer, a client that
    /// pauses between its batches would have each of them merged with those before.
    static let muchBytes = 16 << 20

    /// Part of the quiet time that is waited for when much is unsealed: it is searched row by row.
    static let hurry: UInt64 = 5

    /// Whether a seal should come before the tenant is closed; not when the last one failed.
    var hasMuchUnsealed: Bool { unsealedBytes > Self.replayBytes && failures == 0 }

    /// Whether a seal is under way that nothing pressed for.
    var isSealingQuiet: Bool { isSealing && isForQuiet }

    /// Whether so much was written since the last seal began that the next one can't be far.
    var isSoonDue: Bool { unsealedBytes >= logBytesMax / 2 }

    private var isMuch: Bool { unsealedBytes > Self.muchBytes }

    init(quietNanoseconds: UInt64, logBytesMax: Int) {
        self.quietNanoseconds = quietNanoseconds
        self.logBytesMax = logBytesMax
    }

    /// Entries of that many log bytes were applied.
    ///
    /// - Parameter isNearBound: whether memory for writes runs short.
    mutating func wrote(bytes: Int, isNearBound: Bool = false, at now: UInt64) -> Action {
        unsealedBytes += bytes
        lastWrite = now
        if isNearBound { isPressed = true }
        return decide(at: now)
    }

    /// Somebody waits for memory: what there is to seal is sealed without waiting for quiet.
    mutating func pressed(at now: UInt64) -> Action {
        isPressed = lastWrite != nil
        return decide(at: now)
    }

    /// A time that was asked for has come.
    mutating func woke(at now: UInt64) -> Action {
        if let alarm, now >= alarm { self.alarm = nil }
        return decide(at: now)
    }

    /// A seal ended; a failed one is tried again after a while that doubles with each failure.
    mutating func sealed(at now: UInt64, failed: Bool) -> Action {
        isSealing = false
        failures = failed ? failures + 1 : 0
        if failed {
            lastWrite = lastWrite ?? now
            retryAt = now + retryDelay
        } else if !isForQuiet {
            settlesAt = now + quietNanoseconds
        }
        return decide(at: now)
    }

    /// The longest wait between two tries, unless the quiet time is longer.
    static let retryNanosecondsMax: UInt64 = 60_000_000_000

    private var retryDelay: UInt64 {
        var delay = quietNanoseconds
        for _ in 1..<max(failures, 1) where delay < Self.retryNanosecondsMax { delay *= 2 }
        return max(quietNanoseconds, min(delay, Self.retryNanosecondsMax))
    }

    private mutating func decide(at now: UInt64) -> Action {
        guard !isSealing, let next else { return .none }
        let due = max(next.time, retryAt)
        guard now >= due else { return wake(at: due) }
        lastWrite = nil
        settlesAt = nil
        sealingBytes = unsealedBytes
        unsealedBytes = 0
        isPressed = false
        isSealing = true
        isForQuiet = !next.isUrgent
        return .sealNow
    }

    /// What the next seal is for, and when it may begin; nil when there is no reason for one.
    private var next: (time: UInt64, isUrgent: Bool)? {
        guard let lastWrite else { return settlesAt.map { ($0, false) } }
        if isPressed || unsealedBytes >= logBytesMax { return (0, true) }
        return (lastWrite + (isMuch ? quietNanoseconds / Self.hurry : quietNanoseconds), false)
    }

    private mutating func wake(at time: UInt64) -> Action {
        if let alarm, alarm <= time { return .none }
        alarm = time
        return .wakeAt(time)
    }
}
