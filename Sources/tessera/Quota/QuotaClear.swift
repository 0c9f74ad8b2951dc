import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera quota clear`
struct QuotaClear: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear", abstract: "Go back to the plan's limit, or to the tenant's.")

    @Argument(help: "What is limited, such as num_records.")
    var usageType: String
    @OptionGroup var place: QuotaPlace
    @Option(help: "Change it only if it still has this etag.")
    var etag: String?
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminDeleteQuotaOverrideRequest.with {
            $0.name = "\(place.name)/\(ResourceName("quotaOverrides", usageType))"
            $0.etag = etag ?? ""
        }
        let answer = try await admin.connected {
            try await $0.quotas.deleteQuotaOverride(request)
        }
        if admin.json { try admin.show(json: answer) }
    }
}
