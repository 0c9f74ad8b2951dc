import ChromaModel
import Platform
import TenantStorage

/// Puts a tenant's files into a state that an engine opens, losing nothing that can be read.
///
/// What follows from whole data is made anew. What is unreadable goes to the quarantine, and
/// the rest is written again without it. Each file is replaced by a rename after a copy of the old
/// one is safe, so a repair that is cut short can be run again.
struct TenantRepair {
    let survey: TenantSurvey
    var quarantine: Quarantine
    /// What was done, in words.
    private(set) var done: [String] = []

    var files: TenantFiles { survey.files }

    init(_ survey: TenantSurvey) {
        self.survey = survey
        quarantine = Quarantine(survey.files)
    }

    mutating func run() throws(StorageError) {
        guard let checkpoint = survey.checkpoint else {
            return did(
                "nothing: no checkpoint is readable, and nothing else names the collections; "
                    + "restore a backup")
        }
        do throws(FileError) {
            guard try repairCheckpoints(checkpoint) else { return }
            let lost = try repairSegments(checkpoint)
            try dropParts(lost, of: checkpoint)
            try repairIndexes()
        } catch { throw .file(error) }
        let isRewritten = try repairLog(checkpoint)
        do throws(FileError) {
            try repairMark(isRewritten: isRewritten)
            try repairCatalog(isRewritten: isRewritten)
        } catch { throw .file(error) }
    }

    mutating func did(_ what: String) { done.append(what) }

    /// Takes a damaged checkpoint away when the one before it and its log are whole.
    ///
    /// - Returns: whether to go on.
    private mutating func repairCheckpoints(_ checkpoint: Checkpoint) throws(FileError) -> Bool {
        let damaged = survey.findings.filter {
            $0.severity == .damage && $0.file.hasSuffix(".checkpoint")
                && $0.file != files.checkpoints.path(checkpoint.logFile)
        }
        guard !damaged.isEmpty else { return true }
        guard survey.findings.count(where: { $0.severity == .damage }) == damaged.count else {
            did("nothing: the newest checkpoint is damaged and the older one is not enough")
            return false
        }
        for finding in damaged {
            try quarantine.take(finding.file, because: finding.what)
            did("\(finding.file) is in quarantine; an older checkpoint and its log are whole")
        }
        return true
    }

    /// Takes away the mark of a log that is shorter now. Only after the log is written: a repair
    /// that is cut short in between leaves a mark that makes the next one go on.
    private mutating func repairMark(isRewritten: Bool) throws(FileError) {
        let path = files.mark.path
        guard isRewritten || survey.findings.contains(where: { $0.file == path }) else { return }
        guard try files.fileSystem.exists(path) else { return }
        try quarantine.take(path, because: "the engine makes it anew with the next write")
        try files.fileSystem.syncDirectory(files.log)
        did("the mark of what was acknowledged is in quarantine; the next write makes it anew")
    }

    private mutating func repairCatalog(isRewritten: Bool) throws(FileError) {
        let isDamaged = survey.findings.contains { $0.file == files.catalog }
        guard isDamaged || isRewritten else { return }
        for path in files.catalogFiles {
            try quarantine.take(path, because: "the engine makes it anew from the log")
        }
        did("the catalog is in quarantine; the engine makes it anew")
    }

    /// Replaces a file by other bytes, whole or not at all.
    func replace(_ path: String, with bytes: [UInt8]) throws(FileError) {
        let fileSystem = files.fileSystem
        let draft = path + ".tmp"
        let file = try fileSystem.open(draft, .create)
        defer { file.close() }
        try file.truncate(to: 0)
        try bytes.withUnsafeBufferPointer { (bytes) throws(FileError) in
            try file.write(UnsafeRawBufferPointer(bytes), at: 0)
        }
        try file.syncData()
        try fileSystem.rename(draft, to: path)
        try fileSystem.syncDirectory(files.log)
    }
}
