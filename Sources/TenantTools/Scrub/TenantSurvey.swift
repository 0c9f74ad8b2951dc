import ChromaModel
import Platform
import TenantStorage

/// Everything that can be read of a tenant's files, and everything that is wrong with them.
package struct TenantSurvey: Sendable {
    package let files: TenantFiles
    /// The newest readable checkpoint; nil when there are some and none is readable.
    package internal(set) var checkpoint: Checkpoint?
    /// The log files from the checkpoint's on.
    package internal(set) var logs: [LogExamination] = []
    /// The segments that the checkpoint names and that are there.
    package internal(set) var segments: [SegmentID: SegmentExamination] = [:]
    /// The indexes of what the checkpoint names, those that are whole.
    package internal(set) var indexes: [IndexFile] = []
    package internal(set) var findings: [Finding] = []

    /// Whether nothing is wrong; leftovers are not.
    package var isClean: Bool { findings.allSatisfy { $0.severity == .leftover } }

    /// Entries behind the checkpoint.
    package var entryCount: Int { logs.reduce(0) { $0 + $1.entries.count } }

    /// The last entry that can be read.
    package var lastPosition: LogPosition {
        logs.last?.last ?? checkpoint?.position ?? .zero
    }

    /// Reads all files of a tenant whose engine is closed. Changes nothing.
    ///
    /// - Throws: `StorageError.file` when a file or directory cannot be read at all.
    package static func survey(_ files: TenantFiles) throws(StorageError) -> TenantSurvey {
        var survey = TenantSurvey(files: files)
        try survey.surveyCheckpoints()
        try survey.surveyLog()
        try survey.surveySegments()
        survey.surveyReferences()
        try survey.surveyCatalog()
        return survey
    }

    private init(files: TenantFiles) { self.files = files }

    mutating func found(
        _ severity: Finding.Severity, _ file: String, at offset: UInt64? = nil, _ what: String
    ) {
        findings.append(Finding(severity, file, at: offset, what))
    }

    func list(_ directory: String) throws(StorageError) -> [String] {
        do { return try files.fileSystem.list(directory) } catch { throw .file(error) }
    }
}

extension TenantSurvey {
    /// Reads the newest checkpoint, or the one before it when that is damaged and still there.
    fileprivate mutating func surveyCheckpoints() throws(StorageError) {
        checkpoint = Checkpoint.none
        for number in try files.checkpoints.numbers().reversed() {
            if let newest = checkpoint, newest.logFile > 1 || newest.position > .zero {
                found(.leftover, files.checkpoints.path(number), "a newer checkpoint replaces it")
                continue
            }
            do throws(StorageError) {
                checkpoint = try files.checkpoints.read(number)
            } catch {
                checkpoint = nil
                findings.append(Finding(.damage, error, in: files.checkpoints.path(number)))
            }
        }
    }
}
