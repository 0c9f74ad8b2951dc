import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera database list`
struct DatabaseList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show a tenant's databases, in order of creation.")

    @Option(help: "The tenant's name.")
    var tenant: String
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let parent = ResourceName("tenants", tenant).description
        let databases = try await admin.connected { connection in
            try await everyPage { token in
                let response = try await connection.databases.listDatabases(
                    .with {
                        $0.parent = parent
                        $0.pageToken = token
                    })
                return (response.databases, response.nextPageToken)
            }
        }
        try admin.show(
            databases, json: AdminListDatabasesResponse.with { $0.databases = databases })
    }
}
