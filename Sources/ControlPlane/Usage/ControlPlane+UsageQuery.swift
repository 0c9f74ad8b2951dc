import Billing
import ChromaModel
import Crypto
import Platform
import Postgres

extension ControlPlane {
    /// Lines fetched at a time when all are wanted.
    private static let batch = 1000
    /// How long one look into the future is: all that is asked for without an end.
    package static let usageDaysMax = 400
    /// Minutes are read from cells, of which there are many.
    package static let minuteHoursMax = 48

    /// Unix time.
    package var nowMilliseconds: UInt64 { time.unixMilliseconds() }

    /// One page of usage, by time. Throws `invalidArgument` for too long a time.
    package func queryUsage(_ selection: UsageSelection, page: PageRequest) async throws
        -> Page<UsageLine>
    {
        try selection.check()
        let selection = selection.wholeWindows
        let list = PageToken.List.usage(selection.fingerprint)
        let offset = Int(try PageToken.numberPosition(in: page, of: list) ?? 0)
        let lines = try await translatingErrors {
            try await UsageTotals.lines(
                selection, offset: max(0, offset), limit: page.size + 1,
                asOf: try await UsageTotals.progress(in: pool), in: pool)
        }
        return .cut(lines, page, of: list) { _ in "\(offset + page.size)" }
    }

    /// All usage of a selection, by time, a batch at a time; no session of the database is held
    /// while a batch is worked on. All that is final is of one moment, when it began.
    ///
    /// - Parameter includesOpen: also windows that still grow.
    package func eachUsageLine(
        _ selection: UsageSelection, includesOpen: Bool,
        _ body: ([UsageLine]) async throws -> Void
    ) async throws {
        try selection.check()
        let booked = try await translatingErrors { try await UsageTotals.progress(in: pool) }
        for part in parts(of: selection.wholeWindows) {
            var offset = 0
            while true {
                try Task.checkCancellation()
                let start = offset
                let lines = try await translatingErrors {
                    try await UsageTotals.lines(
                        part, offset: start, limit: Self.batch, asOf: booked, in: pool)
                }
                try await body(includesOpen ? lines : lines.filter(\.isFinal))
                guard lines.count == Self.batch else { break }
                offset += lines.count
            }
        }
    }

    /// The selection, a day at a time: a day's sums are small enough to be made again for each
    /// batch. Months can't be cut.
    private func parts(of selection: UsageSelection) -> [UsageSelection] {
        guard selection.window != .period else { return [selection] }
        let day = UsageWindow.day
        var parts: [UsageSelection] = []
        var from = selection.fromMilliseconds
        if let period = selection.period, from < period.startMilliseconds {
            // Corrections, of whatever earlier time.
            let end = min(period.startMilliseconds, selection.untilMilliseconds)
            parts.append(selection.between(from, end))
            from = end
        }
        // Nothing is used in the future.
        let until = min(
            selection.untilMilliseconds, day.end(ofWindowAt: time.unixMilliseconds()))
        while from < until {
            let end = min(day.end(ofWindowAt: from - from % 86_400_000), until)
            parts.append(selection.between(from, end))
            from = end
        }
        return parts
    }
}

extension UsageSelection {
    fileprivate func between(_ from: UInt64, _ until: UInt64) -> UsageSelection {
        var part = self
        part.fromMilliseconds = from
        part.untilMilliseconds = until
        return part
    }

    /// The same with no window cut: half a window would have the id of the whole.
    fileprivate var wholeWindows: UsageSelection {
        // Nothing is used in a year that no date has.
        let last = min(untilMilliseconds, Self.endOfTime)
        let first = min(fromMilliseconds, last)
        guard first < last else { return between(first, last) }
        let end = window.end(ofWindowAt: window.start(ofWindowContaining: last - 1))
        return between(window.start(ofWindowContaining: first), end)
    }

    /// The year 10000.
    private static let endOfTime: UInt64 = 253_402_300_800_000

    fileprivate func check() throws(ServiceError) {
        guard fromMilliseconds <= untilMilliseconds else {
            throw .invalid("start_time must not be after end_time.")
        }
        let hours = (untilMilliseconds - fromMilliseconds) / 3_600_000
        if window == .minute, hours > UInt64(ControlPlane.minuteHoursMax) {
            throw .invalid(
                "Minutes are shown for at most \(ControlPlane.minuteHoursMax) hours: set start_time"
                    + " and end_time, or ask for another window.")
        }
        if period == nil, hours > UInt64(ControlPlane.usageDaysMax) * 24 {
            throw .invalid(
                "At most \(ControlPlane.usageDaysMax) days are shown at once: set start_time and"
                    + " end_time.")
        }
    }

    /// Different for different selections, so that a page's token is of use for one alone.
    fileprivate var fingerprint: String {
        Hexadecimal.text(SHA256.hash(data: Array("\(self)".utf8)).prefix(8))
    }
}
