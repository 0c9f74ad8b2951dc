import ChromaModel
import Platform

/// Makes a whole log file of what can still be read of a damaged one.
package enum LogRewriter {
    /// The bytes of a log file without entries.
    package static func emptyFile(_ number: UInt64, of tenant: TenantID, first: LogPosition)
        -> [UInt8]
    {
        LogFormat.header(tenant: tenant, fileNumber: number, first: first)
    }

    /// The bytes of log file `number` with the readable entries of `log`, group by group, at
    /// positions that begin at `first`: positions have no gaps, so what was behind a lost entry
    /// moves up.
    ///
    /// - Returns: the bytes, and the position of the last entry.
    /// - Throws: `StorageError.file` when the damaged file cannot be read.
    package static func bytes(
        of log: LogExamination, as number: UInt64, first: LogPosition,
        fileSystem: any FileSystem
    ) throws(StorageError) -> (bytes: [UInt8], last: LogPosition) {
        let map = try io { () throws(FileError) in try fileSystem.map(log.path) }
        let seed = LogFormat.seed(tenant: log.tenant, fileNumber: number)
        var bytes = LogFormat.header(tenant: log.tenant, fileNumber: number, first: first)
        var next = first
        for frame in log.frames {
            let entries = log.entries.filter { $0.content != nil && frame.contains(Int($0.offset)) }
                .map { Array(map.bytes[Int($0.offset)..<(Int($0.offset) + $0.byteCount)]) }
            guard !entries.isEmpty else { continue }
            bytes += LogFormat.frame(entries, first: next, seed: seed)
            next = LogPosition(next.value + UInt64(entries.count))
        }
        return (bytes, LogPosition(next.value - 1))
    }
}
