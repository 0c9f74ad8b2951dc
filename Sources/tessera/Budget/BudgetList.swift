import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera budget list`
struct BudgetList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show a tenant's budgets, and how much of each is used.")

    @Option(help: "The tenant's name.")
    var tenant: String
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminListBudgetsRequest.with {
            $0.parent = ResourceName("tenants", tenant).description
        }
        let answer = try await admin.connected { try await $0.budgets.listBudgets(request) }
        try admin.show(answer.budgets, json: answer)
    }
}
