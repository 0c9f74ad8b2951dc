import AdminClient
import FoundationEssentials

/// A plan on the standard output.
struct ApplyReport {
    private struct Document: Encodable {
        let applied: Bool
        let changes: [PlannedChange]
        let unchangedTenants: Int

        enum CodingKeys: String, CodingKey {
            case applied, changes
            case unchangedTenants = "unchanged_tenants"
        }
    }

    private let plan: ApplyPlan

    init(_ plan: ApplyPlan) { self.plan = plan }

    func printLines() {
        for line in plan.lines { StandardOutput.print(line) }
    }

    func printJSON(applied: Bool) throws {
        let document = Document(
            applied: applied, changes: plan.changes, unchangedTenants: plan.unchangedTenants)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        StandardOutput.print(String(decoding: try encoder.encode(document), as: UTF8.self))
    }
}
