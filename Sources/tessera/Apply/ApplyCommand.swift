import AdminClient
import ArgumentParser
import FoundationEssentials
import SwiftProtobuf
import TesseraRPC

/// `tessera apply`
struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Bring tenants to what a file declares.",
        discussion: """
            It makes and changes tenants, their databases and quotas: what the file doesn't name \
            stays as it is. Applied again it changes nothing. A file with a `manager` labels its \
            tenants with it; --prune then deletes those that the file declares no more. They can \
            be undeleted for a while.
            """)

    /// How --detailed-exitcode says that there is something to change.
    private static let differs = ExitCode(2)

    @Option(name: .shortAndLong, help: ArgumentHelp("A YAML file of tenants.", valueName: "file"))
    var file: String
    @Flag(help: "Only show what would be changed.")
    var dryRun = false
    @Flag(help: "Delete the tenants of the file's manager that it declares no more.")
    var prune = false
    @Flag(
        name: .customLong("detailed-exitcode"),
        help: "With --dry-run: end with 2 when something would be changed, with 0 when not.")
    var detailedExitCode = false
    @OptionGroup var admin: AdminOptions

    func validate() throws {
        guard dryRun || !detailedExitCode else {
            throw ValidationError("--detailed-exitcode goes with --dry-run.")
        }
    }

    func run() async throws {
        let file = try TenantsFile(path: file)
        let plan = try await admin.connected { connection in
            let now = Google_Protobuf_Timestamp(date: Date())
            let plan = try await TenantReader(connection).plan(
                file, prunes: prune, now: now)
            if !admin.json { ApplyReport(plan).printLines() }
            if !dryRun { try await PlanRunner(connection).run(plan) }
            return plan
        }
        if admin.json { try ApplyReport(plan).printJSON(applied: !dryRun) }
        if detailedExitCode, !plan.changes.isEmpty { throw Self.differs }
    }
}
