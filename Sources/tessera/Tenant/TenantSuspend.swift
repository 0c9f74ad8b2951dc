import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera tenant suspend`
struct TenantSuspend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suspend",
        abstract: "Have a tenant's tokens refused until it is resumed; nothing is lost.")

    @Argument(help: "The tenant's name.")
    var name: String
    @Option(help: "Why; the tenant is shown it.")
    var reason: String
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminSuspendTenantRequest.with {
            $0.name = ResourceName("tenants", name).description
            $0.reason = reason
        }
        try admin.show(try await admin.connected { try await $0.tenants.suspendTenant(request) })
    }
}
