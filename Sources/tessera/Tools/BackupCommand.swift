import AdminClient
import ArgumentParser
import FoundationEssentials
import GRPCCore
import SwiftProtobuf
import TesseraRPC

/// `tessera backup`
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write a backup of a tenant while it is served.",
        discussion: """
            The server writes it, with the rights of its own user, while the tenant is read and \
            written: everything that was acknowledged before, at one position of the tenant's \
            log. Tokens are not in it. `tessera inspect` checks every byte of a backup.
            Exits 0 when it is written and synced, 1 when it is not; then the directory is empty.
            """)

    @Option(help: "The tenant's name.")
    var tenant: String
    @Option(
        help: ArgumentHelp(
            "A directory of the server's machine that is empty or does not exist.",
            valueName: "dir"))
    var to: String
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminCreateBackupRequest.with {
            $0.parent = ResourceName("tenants", tenant).description
            $0.directory = Self.absolute(to)
        }
        let backup = try await admin.connected { connection in
            try await connection.backups.createBackup(request, options: Self.options)
        }
        if admin.json { return try admin.show(json: backup) }
        let records = backup.collections.reduce(0) { $0 + $1.records }
        print(
            "\(backup.directory): \(backup.collections.count) collections, \(records) records, "
                + "\(backup.sizeBytes) bytes, position \(backup.position)")
    }

    /// Backups take as long as their data is large.
    static var options: CallOptions {
        var options = CallOptions.defaults
        options.timeout = .seconds(AdminConnection.backupSeconds)
        return options
    }

    /// The path as the server, which works in another directory, understands it.
    static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }
}
