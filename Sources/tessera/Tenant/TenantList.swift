import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera tenant list`
struct TenantList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the tenants, in order of creation.")

    @Option(help: "Only those with these labels, as: labels.env=prod AND labels.team=search")
    var filter: String?
    @Flag(help: "Those too that are deleted and not yet purged.")
    var deleted = false
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let (filter, deleted) = (filter ?? "", deleted)
        let tenants = try await admin.connected { connection in
            try await everyPage { token in
                let response = try await connection.tenants.listTenants(
                    .with {
                        $0.pageToken = token
                        $0.filter = filter
                        $0.showDeleted = deleted
                    })
                return (response.tenants, response.nextPageToken)
            }
        }
        try admin.show(tenants, json: AdminListTenantsResponse.with { $0.tenants = tenants })
    }
}
