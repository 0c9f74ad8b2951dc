import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera database get`
struct DatabaseGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show a database.")

    @Argument(help: "The database's name.")
    var name: String
    @Option(help: "The tenant's name.")
    var tenant: String
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminGetDatabaseRequest.with {
            $0.name = ResourceName("tenants", tenant, "databases", name).description
        }
        try admin.show(try await admin.connected { try await $0.databases.getDatabase(request) })
    }
}
