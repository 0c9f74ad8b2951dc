import AdminClient
import ArgumentParser
import ChromaModel
import Platform
import TenantTools

/// `tessera scrub`
struct Scrub: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check every byte and every reference of the tenants' files.",
        discussion: """
            Checksums, references between files, and whether catalog, id tables and indexes are \
            what records and log give. For a stopped server: it takes the data directory's lock.
            Exits 0 when everything is whole, or is whole again after --repair; 1 when something \
            is damaged and was not repaired; 2 when it could not look. What a repair had to leave \
            out, since nothing readable has it, is said and kept in the quarantine.
            """)

    @Argument(help: "One tenant's directory. Default: all tenants of the data directory.")
    var tenantDirectory: String?
    @Option(
        help: ArgumentHelp(
            "The directory that holds everything. Default: ./tessera-data.", valueName: "dir"))
    var dataDir: String?
    @Option(
        help: ArgumentHelp(
            "One tenant of the data directory, by its id as the server's log has it.",
            valueName: "id"))
    var tenant: String?
    @Flag(
        help: """
            Make anew what follows from whole data, and move what is unreadable into the tenant's \
            quarantine directory. Nothing is deleted.
            """)
    var repair = false
    @Flag(help: "Print JSON instead of text.")
    var json = false

    func validate() throws {
        guard tenantDirectory == nil || dataDir == nil && tenant == nil else {
            throw ValidationError(
                "Name a tenant's directory, or --data-dir and --tenant, not both.")
        }
    }

    func run() async throws {
        let reports = try ToolExit.couldNotRun { () throws -> [ScrubReport] in
            let target = try ScrubTarget(
                tenantDirectory, dataDirectory: dataDir, tenant: tenant)
            let lock = try target.dataDirectory.map { try DataDirectoryLock($0) }
            defer { lock?.release() }
            return try target.tenants.map { files in
                try TenantScrub(files).run(repairing: repair)
            }
        }
        if json { try ToolOutput.print(json: reports) } else { print(reports) }
        if reports.contains(where: { !$0.isCleanNow }) { throw ToolExit.damaged }
    }

    private func print(_ reports: [ScrubReport]) {
        for report in reports {
            StandardOutput.print(TextTable.printable(report.summary))
            for finding in report.findings {
                StandardOutput.print("  " + TextTable.printable("\(finding)"))
            }
            for repair in report.repairs {
                StandardOutput.print("  repaired: " + TextTable.printable(repair))
            }
            for finding in report.unrepaired {
                StandardOutput.print("  still " + TextTable.printable("\(finding)"))
            }
        }
        if reports.isEmpty { StandardOutput.print("there are no tenants") }
    }
}
