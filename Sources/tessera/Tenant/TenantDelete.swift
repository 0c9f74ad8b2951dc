import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera tenant delete`
struct TenantDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a tenant: its name is free and its tokens are dead at once.",
        discussion: "Its data is kept until its purge time; so long it can be undeleted.")

    @Argument(help: "The tenant's name.")
    var name: String
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminDeleteTenantRequest.with {
            $0.name = ResourceName("tenants", name).description
        }
        try admin.show(try await admin.connected { try await $0.tenants.deleteTenant(request) })
    }
}
