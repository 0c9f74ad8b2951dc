import AdminClient
import ArgumentParser
import TesseraRPC

/// `tessera quota plans`
struct QuotaPlans: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plans", abstract: "Show the plans there are; --json shows their limits.")

    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let answer = try await admin.connected {
            try await $0.quotas.listPlans(AdminListPlansRequest())
        }
        try admin.show(answer.plans, json: answer)
    }
}
