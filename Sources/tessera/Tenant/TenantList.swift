import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera tenant list`
struct TenantList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the tenants, in order of creation.")

    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let tenants = try await admin.connected { connection in
            try await everyPage { token in
                let response = try await connection.tenants.listTenants(
                    .with { $0.pageToken = token })
                return (response.tenants, response.nextPageToken)
            }
        }
        try admin.show(tenants, json: AdminListTenantsResponse.with { $0.tenants = tenants })
    }
}
