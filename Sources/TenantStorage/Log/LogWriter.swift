import ChromaModel
import Platform

/// Where the log ends: everything before is durable, nothing after it was acknowledged.
package struct LogEnd: Sendable, Hashable {
    /// Number of the last file; 0 when there is none yet.
    package var fileNumber: UInt64
    /// Bytes of the last file.
    package var offset: UInt64
    /// Position of the last entry.
    package var last: LogPosition

    package init(fileNumber: UInt64, offset: UInt64, last: LogPosition) {
        self.fileNumber = fileNumber
        self.offset = offset
        self.last = last
    }

    package static let empty = LogEnd(fileNumber: 0, offset: 0, last: .zero)
}

/// Appends group commits to a tenant's log. One thread at a time.
///
/// **Invariant:** when `append` returns, the entries are on stable storage. When it throws, `end`
/// is still what is durable; after a failed sync the writer refuses everything, because the
/// kernel may have dropped the pages it could not write and called them clean. The mark of what
/// is acknowledged follows `end`, always after the sync.
package final class LogWriter {
    private let fileSystem: any FileSystem
    private let directory: String
    private let tenant: TenantID
    private let fileBytesMax: UInt64
    private let mark: AcknowledgedMark
    private var file: (any File)?
    private var markFile: (any File)?
    private var seed: UInt32 = 0

    /// The durable end of the log.
    package private(set) var end: LogEnd
    /// The failed sync or repair that made this writer useless.
    package private(set) var failure: FileError?

    /// - Parameters:
    ///   - directory: the tenant's `log` directory; made when missing.
    ///   - end: where `LogReader.replay` found the end.
    ///   - fileBytesMax: a file that reached this size is closed and the next begun.
    package init(
        fileSystem: any FileSystem, directory: String, tenant: TenantID, end: LogEnd,
        fileBytesMax: UInt64
    ) throws(FileError) {
        self.fileSystem = fileSystem
        self.directory = directory
        self.tenant = tenant
        self.fileBytesMax = fileBytesMax
        self.end = end
        mark = AcknowledgedMark(fileSystem: fileSystem, directory: directory, tenant: tenant)
        if end.offset > 0 {
            file = try fileSystem.open(path(end.fileNumber), .existing)
            seed = LogFormat.seed(tenant: tenant, fileNumber: end.fileNumber)
            // What recovery found is served from now on, so it counts as acknowledged.
            markAcknowledged()
        }
    }

    /// Writes the entries as one frame and syncs it.
    ///
    /// - Returns: the position of the first entry.
    package func append(_ entries: [[UInt8]]) throws(FileError) -> LogPosition {
        if let failure { throw failure }
        let file = try fileForNextFrame()
        let first = end.last.next
        let frame = LogFormat.frame(entries, first: first, seed: seed)
        do {
            try frame.withRawBytes { (bytes) throws(FileError) in
                try file.write(bytes, at: end.offset)
            }
        } catch {
            try cutBack(file, because: error)
        }
        do { try file.syncData() } catch {
            failure = error
            throw error
        }
        end.offset += UInt64(frame.count)
        end.last = LogPosition(end.last.value + UInt64(entries.count))
        markAcknowledged()
        return first
    }

    package func close() {
        file?.close()
        file = nil
        markFile?.close()
        markFile = nil
    }

    /// Only after a sync. A mark that cannot be written stays an older one, which promises less
    /// and is true all the same, so nothing is refused for it.
    private func markAcknowledged() {
        do throws(FileError) {
            if markFile == nil { markFile = try mark.open() }
            try mark.bytes(of: end).withRawBytes { (bytes) throws(FileError) in
                try markFile?.write(bytes, at: 0)
            }
        } catch {
            markFile?.close()
            markFile = nil
        }
    }

    /// Ends the current file, so that the next entry is the first of a new one; for checkpoints.
    ///
    /// - Returns: the number of the new file.
    package func beginFile() throws(FileError) -> UInt64 {
        if let failure { throw failure }
        _ = try newFile()
        return end.fileNumber
    }

    /// Removes what a failed write may have left, so that the log ends where `end` says. Durably,
    /// since the next frame may go into another file, and then this one must have no torn end.
    private func cutBack(_ file: any File, because error: FileError) throws(FileError) -> Never {
        do {
            try file.truncate(to: end.offset)
            try file.syncData()
        } catch {
            failure = error
        }
        throw error
    }

    private func fileForNextFrame() throws(FileError) -> any File {
        if let file, end.offset < fileBytesMax { return file }
        return try newFile()
    }

    private func newFile() throws(FileError) -> any File {
        let number = end.fileNumber + 1
        let header = LogFormat.header(tenant: tenant, fileNumber: number, first: end.last.next)
        let next: any File
        do { next = try begin(number, header) } catch { try withdraw(number, because: error) }
        file?.close()
        file = next
        seed = LogFormat.seed(tenant: tenant, fileNumber: number)
        end.fileNumber = number
        end.offset = UInt64(header.count)
        return next
    }

    /// Makes a log file that holds its header alone, durably.
    private func begin(_ number: UInt64, _ header: [UInt8]) throws(FileError) -> any File {
        if number == 1 { try fileSystem.createDurableDirectory(directory) }
        let next = try fileSystem.open(path(number), .create)
        try next.truncate(to: 0)
        try header.withRawBytes { (bytes) throws(FileError) in try next.write(bytes, at: 0) }
        try next.syncData()
        try fileSystem.syncDirectory(directory)
        return next
    }

    /// Removes a file whose beginning failed: while it is there, a torn end of the file before
    /// it would look like damage.
    private func withdraw(_ number: UInt64, because error: FileError) throws(FileError) -> Never {
        do {
            try fileSystem.removeFile(path(number))
            if end.fileNumber > 0 { try fileSystem.syncDirectory(directory) }
        } catch {
            failure = error
        }
        throw error
    }

    private func path(_ number: UInt64) -> String {
        directory + "/" + LogFormat.fileName(number)
    }
}
