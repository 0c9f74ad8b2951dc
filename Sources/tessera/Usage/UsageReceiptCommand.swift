import AdminClient
import ArgumentParser
import GRPCCore
import SwiftProtobuf
import TesseraRPC

/// `tessera usage receipt`
struct UsageReceiptCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receipt", abstract: "Fetch the signed receipt of a tenant's month.",
        discussion: "Of a month that is not sealed it is provisional. Check it with verify.")

    @Option(help: "The tenant's name.")
    var tenant: String
    @Option(help: "The month, such as 2026-11.")
    var period: String
    @Option(name: .shortAndLong, help: "A file to write to. Default: standard output.")
    var output: String?
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminDownloadUsageReceiptRequest.with {
            $0.name = ResourceName("tenants", tenant, "usageReceipts", period).description
        }
        let sink = try OutputFile(output)
        try await admin.connected { connection in
            try await connection.usage.downloadUsageReceipt(
                request, options: AdminConnection.downloadOptions
            ) { response in
                for try await chunk in response.messages { try sink.write(chunk.data) }
            }
        }
        try sink.finish()
    }
}
