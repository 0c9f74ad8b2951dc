import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera restore`
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Make a new tenant from a backup.",
        discussion: """
            The tenant gets the backup's databases, collections and records, and no tokens. It \
            appears when all is in place. A backup of which one bit has changed is refused, and \
            so is the name of a tenant that there is.
            Exits 0 when the tenant is there, 1 when it is not, or when --verify found that it \
            answers otherwise than the backup says.
            """)

    @Option(
        help: ArgumentHelp("The backup's directory on the server's machine.", valueName: "dir"))
    var from: String
    @Option(help: "The name of the tenant to be made.")
    var tenant: String
    @Flag(help: "Read everything back and compare: counts, every record, filters and searches.")
    var verify = false
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminRestoreBackupRequest.with {
            $0.directory = BackupCommand.absolute(from)
            $0.tenantID = tenant
            $0.verify = verify
        }
        let response = try await admin.connected { connection in
            try await connection.backups.restoreBackup(request, options: BackupCommand.options)
        }
        if admin.json { try admin.show(json: response) } else { show(response) }
        if !response.verification.differences.isEmpty { throw ToolExit.damaged }
    }

    private func show(_ response: AdminRestoreBackupResponse) {
        let backup = response.backup
        let records = backup.collections.reduce(0) { $0 + $1.records }
        print(
            "\(response.tenant): \(backup.collections.count) collections, \(records) records of "
                + "\(backup.tenant) at position \(backup.position)")
        guard response.hasVerification else { return }
        let checked = response.verification
        print(
            "verified: \(checked.records) records, \(checked.filters) filters, "
                + "\(checked.searches) searches, \(checked.differences.count) differences")
        for difference in checked.differences { print("  \(difference)") }
    }
}
