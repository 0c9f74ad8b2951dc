import ChromaModel
import Platform
import TenantStorage

extension TenantRepair {
    /// Writes the log again with every entry that can be read, when one can't.
    ///
    /// - Returns: whether it did.
    mutating func repairLog(_ checkpoint: Checkpoint) throws(StorageError) -> Bool {
        guard isLogDamaged else { return false }
        var drafts: [(path: String, bytes: [UInt8])] = []
        var last = checkpoint.position
        for (index, log) in survey.logs.enumerated() {
            let number = checkpoint.logFile + UInt64(index)
            let draft = try LogRewriter.bytes(
                of: log, as: number, first: last.next, fileSystem: files.fileSystem)
            drafts.append((files.path(ofLog: number), draft.bytes))
            last = draft.last
        }
        if drafts.isEmpty, checkpoint.logFile > 1 {
            let bytes = LogRewriter.emptyFile(
                checkpoint.logFile, of: files.tenant, first: last.next)
            drafts = [(files.path(ofLog: checkpoint.logFile), bytes)]
        }
        do throws(FileError) { try replaceLog(drafts) } catch { throw .file(error) }
        did("the log is written anew with the entries that can be read, up to position \(last)")
        return true
    }

    private var isLogDamaged: Bool {
        survey.findings.contains { $0.severity == .damage && $0.file.hasSuffix(".log") }
    }

    private mutating func replaceLog(_ drafts: [(path: String, bytes: [UInt8])]) throws(FileError) {
        for log in survey.logs {
            try quarantine.keep(log.path, because: "the log had unreadable entries")
        }
        for draft in drafts { try replace(draft.path, with: draft.bytes) }
        let kept = Set(drafts.map(\.path))
        for name in try files.fileSystem.list(files.log) {
            let path = files.log + "/" + name
            guard LogFormat.fileNumber(name) != nil, !kept.contains(path) else { continue }
            if survey.logs.contains(where: { $0.path == path }) {
                try files.fileSystem.removeFile(path)
            } else {
                try quarantine.take(path, because: "it is no part of the repaired log")
            }
        }
        try files.fileSystem.syncDirectory(files.log)
    }
}
