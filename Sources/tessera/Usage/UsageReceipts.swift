import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera usage receipts`
struct UsageReceipts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receipts", abstract: "List the months of a tenant that have a receipt.",
        discussion: "Of a month that is not sealed it is provisional. Fetch one with receipt.")

    @Option(help: "The tenant's name.")
    var tenant: String
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let rows = try await admin.connected { connection in
            try await everyPage { token in
                let answer = try await connection.usage.listUsageReceipts(
                    .with {
                        $0.parent = ResourceName("tenants", tenant).description
                        $0.pageSize = 1000
                        $0.pageToken = token
                    })
                return (answer.usageReceipts, answer.nextPageToken)
            }
        }
        try admin.show(rows, json: AdminListUsageReceiptsResponse.with { $0.usageReceipts = rows })
    }
}
