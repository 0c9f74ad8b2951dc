import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera tenant undelete`
struct TenantUndelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undelete",
        abstract: "Make a deleted tenant what it was, its tokens included.")

    @Argument(help: "The tenant's name.")
    var name: String
    @Option(help: "Its UID (list --deleted); needed when several deleted ones had the name.")
    var uid: String?
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminUndeleteTenantRequest.with {
            $0.name = ResourceName("tenants", name).description
            $0.uid = uid ?? ""
        }
        try admin.show(try await admin.connected { try await $0.tenants.undeleteTenant(request) })
    }
}
