import ChromaModel
import Platform

/// Replays a tenant's log.
package struct LogReader {
    private let fileSystem: any FileSystem
    private let directory: String
    private let tenant: TenantID
    private let mark: AcknowledgedMark

    /// - Parameter directory: the tenant's `log` directory; a missing one is an empty log.
    package init(fileSystem: any FileSystem, directory: String, tenant: TenantID) {
        self.fileSystem = fileSystem
        self.directory = directory
        self.tenant = tenant
        mark = AcknowledgedMark(fileSystem: fileSystem, directory: directory, tenant: tenant)
    }

    /// Calls `body` with every entry behind a checkpoint in order, and cuts off a torn end.
    ///
    /// What it found is durable when it returns, the checkpoint's name included: older files may
    /// be removed and the catalog may rely on the end.
    ///
    /// - Parameter durableEnd: when a writer failed in this process, where it said the log ends;
    ///   what is behind it was never acknowledged and is cut off.
    /// - Throws: `StorageError.corrupt` when acknowledged entries are damaged or missing; nothing
    ///   is changed then, but for what `durableEnd` says.
    package func replay(
        after checkpoint: Checkpoint = .none, durableEnd: LogEnd? = nil,
        _ body: (LogPosition, LogEntry) throws(StorageError) -> Void
    ) throws(StorageError) -> LogEnd {
        if let durableEnd { try cut(behind: durableEnd) }
        let numbers = try fileNumbers().filter { $0 >= checkpoint.logFile }
        var end = LogEnd(
            fileNumber: checkpoint.logFile - 1, offset: 0, last: checkpoint.position)
        if numbers.isEmpty, checkpoint.logFile > 1 {
            throw .corrupt(file: path(checkpoint.logFile), offset: 0, "the file is missing")
        }
        if numbers.isEmpty { try mark.check(end: end) }
        for number in numbers {
            guard number == end.fileNumber + 1 else {
                throw .corrupt(file: path(end.fileNumber + 1), offset: 0, "the file is missing")
            }
            let isLast = number == numbers.last
            guard let next = try replay(number, after: end, isLast: isLast, body) else { break }
            end = next
        }
        if !numbers.isEmpty || durableEnd != nil {
            try io { () throws(FileError) in try fileSystem.syncDirectory(directory) }
        }
        return end
    }

    /// Replays one file; nil when it is the last and was never begun.
    private func replay(
        _ number: UInt64, after end: LogEnd, isLast: Bool,
        _ body: (LogPosition, LogEntry) throws(StorageError) -> Void
    ) throws(StorageError) -> LogEnd? {
        let path = path(number)
        let bytes = try contents(path)
        guard try hasHeader(bytes, path: path, number: number, after: end, isLast: isLast) else {
            try mark.check(end: end)
            try io { () throws(FileError) in try fileSystem.removeFile(path) }
            return nil
        }
        var frames = LogFrames(
            bytes: bytes, seed: LogFormat.seed(tenant: tenant, fileNumber: number),
            last: end.last)
        while let frame = try frames.next(path: path) {
            try bytes.withRawBytes { (raw) throws(StorageError) in
                for (position, range) in frame {
                    let entry = UnsafeRawBufferPointer(rebasing: raw[range])
                    try body(position, LogEntryReader.entry(from: entry))
                }
            }
        }
        if frames.offset < bytes.count { try checkTornEnd(path, frames, isLast: isLast) }
        let found = LogEnd(
            fileNumber: number, offset: UInt64(frames.offset), last: frames.last)
        if isLast {
            try mark.check(end: found)
            try settle(path, bytes, frames)
        }
        return found
    }

    /// Whether the file begins with its header. A last file may lack it: the crash came between
    /// making the file and syncing its header, and no frame can be there.
    private func hasHeader(
        _ bytes: [UInt8], path: String, number: UInt64, after end: LogEnd, isLast: Bool
    ) throws(StorageError) -> Bool {
        let expected = LogFormat.header(tenant: tenant, fileNumber: number, first: end.last.next)
        if bytes.starts(with: expected) { return true }
        if isLast, bytes.count <= LogFormat.headerBytes { return false }
        if bytes.starts(with: LogFormat.magic), bytes.count >= LogFormat.headerBytes,
            bytes[8..<12] != expected[8..<12]
        {
            throw .foreign(file: path, "a newer version wrote this file; run that version")
        }
        throw .corrupt(file: path, offset: 0, "the header is not this tenant's log file \(number)")
    }

    private func checkTornEnd(_ path: String, _ frames: LogFrames, isLast: Bool)
        throws(StorageError)
    {
        guard isLast, !frames.mayHaveValidFrameBehind() else {
            throw .corrupt(
                file: path, offset: UInt64(frames.offset),
                "an acknowledged group of entries fails its checksum")
        }
    }

    /// Cuts off a torn end and makes the rest of the last file durable.
    ///
    /// Everything before its last frame is. The last frame may be in the kernel's cache alone:
    /// its process died before the sync, or the sync failed and the kernel calls the lost pages
    /// clean, so that only writing it again makes it durable.
    private func settle(_ path: String, _ bytes: [UInt8], _ frames: LogFrames)
        throws(StorageError)
    {
        try io { () throws(FileError) in
            let file = try fileSystem.open(path, .existing)
            defer { file.close() }
            if frames.offset < bytes.count { try file.truncate(to: UInt64(frames.offset)) }
            try bytes.withRawBytes { (raw) throws(FileError) in
                let last = UnsafeRawBufferPointer(rebasing: raw[frames.lastFrame])
                try file.write(last, at: UInt64(frames.lastFrame.lowerBound))
            }
            try file.syncData()
        }
    }

    /// Removes what a failed writer left behind its durable end.
    private func cut(behind end: LogEnd) throws(StorageError) {
        for number in try fileNumbers() where number > end.fileNumber {
            try io { () throws(FileError) in try fileSystem.removeFile(path(number)) }
        }
        if end.offset > 0 { try truncate(path(end.fileNumber), to: end.offset) }
    }

    private func truncate(_ path: String, to size: UInt64) throws(StorageError) {
        try io { () throws(FileError) in
            let file = try fileSystem.open(path, .existing)
            defer { file.close() }
            try file.truncate(to: size)
            try file.syncData()
        }
    }

    private func contents(_ path: String) throws(StorageError) -> [UInt8] {
        try io { () throws(FileError) in
            let file = try fileSystem.open(path, .readOnly)
            defer { file.close() }
            var bytes = [UInt8](repeating: 0, count: Int(try file.size()))
            let got = try bytes.withMutableRawBytes { (raw) throws(FileError) in
                try file.read(into: raw, at: 0)
            }
            // Fewer bytes than the file has must not pass for a torn end.
            guard got == bytes.count else { throw FileError("read", path, Self.inputOutputError) }
            return bytes
        }
    }

    /// `EIO`
    private static let inputOutputError: Int32 = 5

    private func fileNumbers() throws(StorageError) -> [UInt64] {
        try io { () throws(FileError) in try fileSystem.list(directory) }
            .compactMap(LogFormat.fileNumber).sorted()
    }

    private func path(_ number: UInt64) -> String {
        directory + "/" + LogFormat.fileName(number)
    }
}

/// Runs a file call, its error as a `StorageError`.
func io<Result>(_ call: () throws(FileError) -> Result) throws(StorageError) -> Result {
    do { return try call() } catch { throw .file(error) }
}
