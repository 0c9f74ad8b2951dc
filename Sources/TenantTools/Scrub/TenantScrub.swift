import Platform
import TenantStorage

/// Checks a tenant's files, and repairs them if asked. For a tenant that no engine has open.
package struct TenantScrub {
    private let files: TenantFiles

    package init(_ files: TenantFiles) { self.files = files }

    /// - Throws: `StorageError` when files cannot be read or, repairing, not be written.
    package func run(repairing: Bool) throws(StorageError) -> ScrubReport {
        let survey = try TenantSurvey.survey(files)
        var report = ScrubReport(survey)
        guard repairing, !survey.isClean else { return report }
        var repair = TenantRepair(survey)
        try repair.run()
        report.repairs = repair.done
        report.remaining = try TenantSurvey.survey(files).findings
        return report
    }
}
