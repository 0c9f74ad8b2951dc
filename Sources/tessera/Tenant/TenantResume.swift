import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera tenant resume`
struct TenantResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "End a tenant's suspension.")

    @Argument(help: "The tenant's name.")
    var name: String
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminResumeTenantRequest.with {
            $0.name = ResourceName("tenants", name).description
        }
        try admin.show(try await admin.connected { try await $0.tenants.resumeTenant(request) })
    }
}
