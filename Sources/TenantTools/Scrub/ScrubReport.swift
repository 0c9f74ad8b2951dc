import ChromaModel
import TenantStorage

/// What a scrub found in one tenant's files, and what it repaired.
package struct ScrubReport: Sendable, Encodable {
    package let tenant: String
    package let path: String
    package let collections: Int
    package let segments: Int
    package let logEntries: Int
    package let position: UInt64
    /// What was wrong before any repair.
    package let findings: [Finding]
    /// What was done about it, in words.
    package internal(set) var repairs: [String] = []
    /// What is wrong after the repairs.
    package internal(set) var remaining: [Finding]

    init(_ survey: TenantSurvey) {
        tenant = survey.files.tenant.description
        path = survey.files.root
        collections = survey.checkpoint?.collections.count ?? 0
        segments = survey.segments.count
        logEntries = survey.entryCount
        position = survey.lastPosition.value
        findings = survey.findings
        remaining = survey.findings
    }

    /// Whether nothing was wrong; leftovers are not.
    package var isClean: Bool { findings.allSatisfy { $0.severity == .leftover } }

    /// Whether nothing is wrong any more.
    package var isCleanNow: Bool { remaining.allSatisfy { $0.severity == .leftover } }

    /// What a repair was tried on and is wrong all the same.
    package var unrepaired: [Finding] {
        repairs.isEmpty ? [] : remaining.filter { $0.severity != .leftover }
    }

    /// One line.
    package var summary: String {
        let verdict = isClean ? "clean" : isCleanNow ? "repaired" : "damaged"
        return "tenant \(tenant): \(verdict); \(segments) segments, \(collections) collections "
            + "in the checkpoint, \(logEntries) log entries behind it, position \(position)"
    }
}
