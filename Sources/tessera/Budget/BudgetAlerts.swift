import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera budget alerts`
struct BudgetAlerts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alerts", abstract: "Show the alerts of a tenant's budgets, newest first.")

    @Option(help: "The tenant's name.")
    var tenant: String
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminListAlertsRequest.with {
            $0.parent = ResourceName("tenants", tenant).description
        }
        let answer = try await admin.connected { try await $0.budgets.listAlerts(request) }
        try admin.show(answer.alerts, json: answer)
    }
}
