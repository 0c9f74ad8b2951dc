import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera database delete`
struct DatabaseDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a database and every collection in it.")

    @Argument(help: "The database's name.")
    var name: String
    @Option(help: "The tenant's name.")
    var tenant: String
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminDeleteDatabaseRequest.with {
            $0.name = ResourceName("tenants", tenant, "databases", name).description
        }
        let answer = try await admin.connected { try await $0.databases.deleteDatabase(request) }
        if admin.json { try admin.show(json: answer) }
    }
}
