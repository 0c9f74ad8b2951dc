import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera tenant create`
struct TenantCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a tenant.")

    @Argument(help: "The tenant's name: at least 3 characters.")
    var name: String
    @Option(help: "The plan to put it on. Default: the server's quota.default_plan.")
    var plan = ""
    @Option(help: "A word for people.")
    var displayName: String?
    @Option(name: .customLong("label"), help: "A label, as KEY=VALUE; as often as you like.")
    var labels: [TenantLabel] = []
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminCreateTenantRequest.with {
            $0.tenantID = name
            $0.plan = plan
            $0.displayName = displayName ?? ""
            $0.labels = labels.dictionary
        }
        try admin.show(try await admin.connected { try await $0.tenants.createTenant(request) })
    }
}
