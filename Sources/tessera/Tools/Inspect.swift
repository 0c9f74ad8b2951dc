import ArgumentParser
import ChromaModel
import Platform
import TenantTools

/// `tessera inspect`
struct Inspect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what is in a log file, checkpoint, segment, catalog or directory.",
        discussion: """
            Reads only, and works on damaged files: it says where the damage is. A running server \
            may change a tenant's directory meanwhile; its single files are safe to look at.
            Exits 0 when everything is whole, 1 when something is damaged, 2 when it could not look.
            """)

    @Argument(help: "The file, a tenant's directory, or the data directory.")
    var path: String
    @Flag(help: "Print JSON instead of tables.")
    var json = false
    @Flag(help: "Show ids, documents, metadata and embeddings: they are the tenant's own.")
    var showRecords = false
    @Option(help: ArgumentHelp("Rows of each table at the most.", valueName: "count"))
    var limit = 20
    @Option(
        help: ArgumentHelp(
            "Whose file it is, when neither the file nor its path says.", valueName: "uuid"))
    var tenantID: String?

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit must not be negative.") }
        guard tenantID.map({ UniqueID($0) != nil }) ?? true else {
            throw ValidationError("--tenant-id is a UUID.")
        }
    }

    func run() async throws {
        var options = Inspector.Options()
        options.showsRecords = showRecords
        options.rowsMax = limit
        options.tenant = tenantID.flatMap { UniqueID($0) }.map { TenantID($0) }
        let inspector = Inspector(fileSystem: PosixFileSystem(), options: options)
        let report = try ToolExit.couldNotRun { try inspector.report(on: path) }
        if json { try ToolOutput.print(json: report) } else { ToolOutput.print(report) }
        if !report.isClean { throw ToolExit.damaged }
    }
}
