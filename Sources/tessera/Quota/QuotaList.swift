import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera quota list`
struct QuotaList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show a tenant's overrides, expired ones among them.")

    @Option(help: "The tenant's name.")
    var tenant: String
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminListQuotaOverridesRequest.with {
            $0.parent = ResourceName("tenants", tenant).description
        }
        let answer = try await admin.connected {
            try await $0.quotas.listQuotaOverrides(request)
        }
        try admin.show(answer.quotaOverrides, json: answer)
    }
}
