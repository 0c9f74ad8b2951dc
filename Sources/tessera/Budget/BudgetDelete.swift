import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera budget delete`
struct BudgetDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Remove a budget, its alerts and the stop it made.")

    @Argument(help: "Its name.")
    var name: String
    @Option(help: "The tenant's name.")
    var tenant: String
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminDeleteBudgetRequest.with {
            $0.name = ResourceName("tenants", tenant, "budgets", name).description
        }
        _ = try await admin.connected { try await $0.budgets.deleteBudget(request) }
    }
}
