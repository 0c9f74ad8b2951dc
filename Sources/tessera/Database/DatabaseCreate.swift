import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera database create`
struct DatabaseCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a database.")

    @Argument(help: "The database's name.")
    var name: String
    @Option(help: "The tenant's name.")
    var tenant: String
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminCreateDatabaseRequest.with {
            $0.parent = ResourceName("tenants", tenant).description
            $0.databaseID = name
        }
        try admin.show(try await admin.connected { try await $0.databases.createDatabase(request) })
    }
}
