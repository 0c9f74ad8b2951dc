import Platform

/// The spool of a boot as its one writer sees it.
struct Spool: ~Copyable {
    /// A file is followed by the next after so long, without what is reported since.
    private static let fileSeconds: UInt64 = 600
    /// Who waited that long for a write leaves the next one to a thread.
    private static let quickMilliseconds: UInt64 = 5
    /// After a failure a new file is tried so often. What can be appended meanwhile is.
    private static let retrySeconds: UInt64 = 1

    let writer: SpoolWriter
    /// A write failed, or what made one durable: only a new file has everything again.
    private var isBroken = false
    /// Whether that was logged, and nothing better since.
    private var isKnown = false
    private var isSlow = false
    private var fileBegan: UInt64 = 0

    init(writer: SpoolWriter) { self.writer = writer }

    /// Whether the next write is a copy into the kernel's cache, as far as one can know.
    func isQuick(at now: UInt64) -> Bool { !isSlow && !wantsNextFile(at: now) }

    private func wantsNextFile(at now: UInt64) -> Bool {
        let seconds = isBroken ? Self.retrySeconds : Self.fileSeconds
        return writer.wantsNextFile || now >= fileBegan + seconds * 1_000_000_000
    }

    /// Writes what was counted.
    ///
    /// - Parameter cells: all that is counted; those `amounts` are among it.
    /// - Returns: the file that was begun for it, if one was.
    mutating func write(
        _ amounts: [UsageAmount], time: any TimeSource, cells: () -> [UsageAmount]
    ) throws(FileError) -> NewSpoolFile? {
        let began = time.monotonicNanoseconds()
        defer {
            let took = time.monotonicNanoseconds() - began
            isSlow = took > Self.quickMilliseconds * 1_000_000
        }
        guard wantsNextFile(at: began) else {
            try writer.append(amounts)
            return nil
        }
        fileBegan = began
        let new = try writer.beginFile(with: cells())
        isBroken = false
        return new
    }

    /// Something failed. Whether it is to be said.
    mutating func breaks() -> Bool {
        isBroken = true
        defer { isKnown = true }
        return !isKnown
    }

    /// A new file is durable. Whether it is to be said.
    mutating func settles() -> Bool {
        guard isKnown, !isBroken else { return false }
        isKnown = false
        return true
    }
}
