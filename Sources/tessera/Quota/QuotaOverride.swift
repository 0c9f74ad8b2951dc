import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera quota override`
struct QuotaOverride: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "override", abstract: "Put a limit in the place of the plan's.")

    @Argument(help: "What is limited, such as num_records.")
    var usageType: String
    @Argument(help: "The limit.")
    var limit: Int64
    @OptionGroup var place: QuotaPlace
    @Option(help: "Why.")
    var reason: String
    @Option(
        help: ArgumentHelp(
            "How long it counts, such as 90d, 12h or 30m. Default: until it is cleared.",
            valueName: "time"),
        transform: Lifetime.init(text:))
    var expiresIn: Lifetime?
    @Option(help: "Change it only if it still has this etag.")
    var etag: String?
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminCreateQuotaOverrideRequest.with {
            $0.parent = place.name
            $0.usageType = usageType
            $0.limit = limit
            $0.reason = reason
            $0.etag = etag ?? ""
            if let expiresIn { $0.expireTime = expiresIn.end }
        }
        try admin.show(
            try await admin.connected { try await $0.quotas.createQuotaOverride(request) })
    }
}
