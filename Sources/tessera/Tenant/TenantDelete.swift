import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera tenant delete`
struct TenantDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a tenant: its name is free and its tokens are dead at once.")

    @Argument(help: "The tenant's name.")
    var name: String
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminDeleteTenantRequest.with {
            $0.name = ResourceName("tenants", name).description
        }
        let answer = try await admin.connected { try await $0.tenants.deleteTenant(request) }
        if admin.json { try admin.show(json: answer) }
    }
}
