import AdminClient
import FoundationEssentials
import TenantStorage
import TenantTools

/// Prints what the tools found.
enum ToolOutput {
    static func print(json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        StandardOutput.print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    static func print(_ report: FileReport) {
        StandardOutput.print("\(TextTable.printable(report.path)): \(report.kind)")
        var facts = TextTable(["", ""])
        for fact in report.facts { facts.add([fact.name, fact.value]) }
        for line in facts.lines.dropFirst() { StandardOutput.print("  " + line) }
        for table in report.tables where !table.rows.isEmpty { print(table) }
        print(report.findings)
    }

    static func print(_ findings: [Finding]) {
        if findings.isEmpty { return StandardOutput.print("\nno damage") }
        StandardOutput.print("")
        for finding in findings { StandardOutput.print(TextTable.printable("\(finding)")) }
    }

    private static func print(_ table: FileReport.Table) {
        StandardOutput.print("\n\(table.title)")
        var text = TextTable(table.columns.map { $0.uppercased() })
        for row in table.rows { text.add(row) }
        for line in text.lines { StandardOutput.print("  " + line) }
        if table.omitted > 0 {
            StandardOutput.print("  … and \(table.omitted) more; --limit shows them")
        }
    }
}
