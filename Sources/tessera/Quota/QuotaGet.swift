import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera quota get`
struct QuotaGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show every limit, where it comes from, and what is used.")

    @OptionGroup var place: QuotaPlace
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminGetQuotasRequest.with { $0.parent = place.name }
        let answer = try await admin.connected { try await $0.quotas.getQuotas(request) }
        if !admin.json { print("plan: \(answer.plan)\n") }
        try admin.show(answer.quotas, json: answer)
    }
}
