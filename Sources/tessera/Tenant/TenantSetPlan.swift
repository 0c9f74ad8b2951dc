import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera tenant set-plan`
struct TenantSetPlan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-plan",
        abstract: "Put a tenant on another plan; what it has beyond the new limits stays.")

    @Argument(help: "The tenant's name.")
    var name: String
    @Argument(help: "The plan, as `tessera quota plans` lists it.")
    var plan: String
    @Option(help: "Change it only if it still has this etag.")
    var etag: String?
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminChangeTenantPlanRequest.with {
            $0.name = ResourceName("tenants", name).description
            $0.plan = plan
            $0.etag = etag ?? ""
        }
        try admin.show(
            try await admin.connected { try await $0.tenants.changeTenantPlan(request) })
    }
}
