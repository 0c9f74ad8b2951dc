import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera tenant update`
struct TenantUpdate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change what is said of a tenant.")

    @Argument(help: "The tenant's name.")
    var name: String
    @Option(help: "A word for people; empty for none.")
    var displayName: String?
    @Option(
        name: .customLong("label"),
        help: "A label, as KEY=VALUE, as often as you like: all that the tenant shall have.")
    var labels: [TenantLabel] = []
    @Flag(help: "Take all labels away.")
    var noLabels = false
    @Option(help: "Change it only if it still has this etag.")
    var etag: String?
    @OptionGroup var admin: AdminOptions

    func validate() throws {
        guard displayName != nil || noLabels || !labels.isEmpty else {
            throw ValidationError("Say what to change: --display-name, --label or --no-labels.")
        }
        guard !noLabels || labels.isEmpty else {
            throw ValidationError("Give --label or --no-labels, not both.")
        }
    }

    func run() async throws {
        let request = AdminUpdateTenantRequest.with {
            $0.name = ResourceName("tenants", name).description
            $0.displayName = displayName ?? ""
            $0.labels = labels.dictionary
            if displayName != nil { $0.updateMask.paths.append("display_name") }
            if noLabels || !labels.isEmpty { $0.updateMask.paths.append("labels") }
            $0.etag = etag ?? ""
        }
        try admin.show(try await admin.connected { try await $0.tenants.updateTenant(request) })
    }
}
