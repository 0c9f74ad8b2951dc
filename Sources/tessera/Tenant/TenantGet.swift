import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera tenant get`
struct TenantGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show a tenant.")

    @Argument(help: "The tenant's name.")
    var name: String
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminGetTenantRequest.with {
            $0.name = ResourceName("tenants", name).description
        }
        try admin.show(try await admin.connected { try await $0.tenants.getTenant(request) })
    }
}
