import ChromaModel
import Platform

/// What is in one log file, as far as it can be read.
package struct LogExamination: Sendable {
    /// One entry of a valid frame.
    package struct Entry: Sendable {
        package let position: LogPosition
        /// Where its bytes begin in the file.
        package let offset: UInt64
        package let byteCount: Int
        /// The name of its kind, such as `recordsWritten`.
        package let kind: String
        /// Nil when its bytes do not parse.
        package let content: LogEntry?
    }

    package let path: String
    package let byteCount: Int
    package let tenant: TenantID
    package let number: UInt64
    /// The position the file begins with, as its header or else its first frame says.
    package let first: LogPosition
    package let entries: [Entry]
    /// Byte ranges of the valid frames.
    package let frames: [Range<Int>]
    /// Bytes at the end that are no frame: a write the process died in.
    package let tornEnd: Range<Int>?
    /// Whether `tornEnd` is more than the part of a group that a process leaves which dies in a
    /// write: it has the shape of a whole group, in which a byte was changed later, or frames may
    /// lie behind it.
    package let endMayBeDamage: Bool
    package let findings: [Finding]

    /// Whether the file ends before its header does, or holds nothing but a damaged one.
    package var isUnbegun: Bool {
        byteCount <= LogFormat.headerBytes && findings.contains { $0.offset == 0 }
    }

    /// Position of the last entry; the one before `first` when there is none.
    package var last: LogPosition {
        entries.last?.position ?? LogPosition(max(first.value, 1) - 1)
    }
}

/// Reads a log file past everything that is damaged in it. Changes nothing.
package struct LogExaminer {
    private let path: String
    private let bytes: [UInt8]
    private let header: LogHeader
    private var frames: LogFrames
    private var entries: [LogExamination.Entry] = []
    private var ranges: [Range<Int>] = []
    private var findings: [Finding] = []

    /// - Parameters:
    ///   - tenant: whose log it should be; nil takes the header's word.
    ///   - number: which file it should be; nil takes the header's word.
    /// - Throws: `StorageError.file` when it cannot be read, `.corrupt` when tenant or number are
    ///   neither given nor in the file.
    package static func examine(
        _ path: String, tenant: TenantID? = nil, number: UInt64? = nil,
        fileSystem: any FileSystem
    ) throws(StorageError) -> LogExamination {
        let map = try io { () throws(FileError) in try fileSystem.map(path) }
        var examiner = try LogExaminer(path, Array(map.bytes), tenant, number)
        return examiner.examined()
    }

    private init(_ path: String, _ bytes: [UInt8], _ tenant: TenantID?, _ number: UInt64?)
        throws(StorageError)
    {
        self.path = path
        self.bytes = bytes
        let found = LogHeader(bytes)
        if !found.isValid {
            findings.append(Finding(.damage, path, at: 0, "the header fails its checksum"))
        } else if let tenant, found.tenant != tenant {
            findings.append(
                Finding(.damage, path, at: 0, "the header names tenant \(found.tenant)"))
        } else if let number, found.number != number {
            findings.append(
                Finding(.damage, path, at: 0, "the header says log file \(found.number)"))
        }
        guard let tenant = tenant ?? (found.isValid ? found.tenant : nil),
            let number = number ?? (found.isValid ? found.number : nil)
        else {
            throw .corrupt(
                file: path, offset: 0,
                "the header is damaged, and neither path nor header say whose log it is")
        }
        header = LogHeader(
            tenant: tenant, number: number,
            first: found.isValid ? found.first : LogHeader.firstPosition(ofFrames: bytes),
            isValid: found.isValid)
        frames = LogFrames(
            bytes: bytes, seed: LogFormat.seed(tenant: tenant, fileNumber: number),
            last: LogPosition(max(header.first.value, 1) - 1))
    }

    private mutating func examined() -> LogExamination {
        while takeFrames(), skipDamage() {}
        let torn = frames.offset < bytes.count ? frames.offset..<bytes.count : nil
        return LogExamination(
            path: path, byteCount: bytes.count, tenant: header.tenant, number: header.number,
            first: header.first, entries: entries, frames: ranges, tornEnd: torn,
            endMayBeDamage: torn.map { isWholeGroup($0) || frames.mayHaveValidFrameBehind() }
                ?? false, findings: findings)
    }

    /// Whether the length in the frame's header, or the lengths of its entries, reach its end.
    private func isWholeGroup(_ range: Range<Int>) -> Bool {
        guard range.count > LogFormat.frameHeaderBytes else { return false }
        return bytes.withUnsafeBytes { raw in
            let frame = UnsafeRawBufferPointer(rebasing: raw[range])
            let length = UInt32(littleEndian: frame.loadUnaligned(as: UInt32.self))
            if Int(length) == range.count - LogFormat.frameHeaderBytes { return true }
            var reader = ByteReader(
                UnsafeRawBufferPointer(rebasing: frame[LogFormat.frameHeaderBytes...]))
            do throws(StorageError) {
                for _ in 0..<(try reader.take(UInt32.self)) {
                    _ = try reader.takeRaw(Int(try reader.take(UInt32.self)))
                }
                return reader.remaining == 0
            } catch { return false }
        }
    }

    /// Takes valid frames as long as they follow each other; false at the end of the file.
    private mutating func takeFrames() -> Bool {
        do {
            while let frame = try frames.next(path: path) {
                ranges.append(frames.lastFrame)
                for (position, range) in frame { take(position, range) }
            }
        } catch {
            findings.append(Finding(.damage, error, in: path))
        }
        return frames.offset < bytes.count
    }

    private mutating func take(_ position: LogPosition, _ range: Range<Int>) {
        let kind = range.first.flatMap { LogEntrySerializer.Kind(rawValue: bytes[$0]) }
        var content: LogEntry?
        do throws(StorageError) {
            content = try bytes.withRawBytes { (raw) throws(StorageError) in
                try LogEntryReader.entry(from: UnsafeRawBufferPointer(rebasing: raw[range]))
            }
        } catch {
            findings.append(
                Finding(
                    .damage, path, at: UInt64(range.lowerBound), "entry \(position): \(error)"))
        }
        entries.append(
            LogExamination.Entry(
                position: position, offset: UInt64(range.lowerBound), byteCount: range.count,
                kind: kind.map { "\($0)" } ?? "unknown", content: content))
    }

    /// Goes on at the next valid frame behind damage; false when none follows.
    private mutating func skipDamage() -> Bool {
        let start = frames.offset
        let before = frames.last
        guard frames.skipToValidFrame() else { return false }
        let lost = frames.last.value - before.value
        findings.append(
            Finding(
                .damage, path, at: UInt64(start),
                "\(frames.offset - start) bytes fail their checksum: "
                    + "\(lost) acknowledged entries behind position \(before) are unreadable"))
        return true
    }
}
