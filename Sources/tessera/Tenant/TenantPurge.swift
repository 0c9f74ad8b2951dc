import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera tenant purge`
struct TenantPurge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Remove a deleted tenant for good: its data, databases and tokens.")

    @Argument(help: "The tenant's name.")
    var name: String
    @Option(help: "Its UID (list --deleted); needed when several deleted ones had the name.")
    var uid: String?
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminPurgeTenantRequest.with {
            $0.name = ResourceName("tenants", name).description
            $0.uid = uid ?? ""
        }
        let answer = try await admin.connected { try await $0.tenants.purgeTenant(request) }
        if admin.json { try admin.show(json: answer) }
    }
}
