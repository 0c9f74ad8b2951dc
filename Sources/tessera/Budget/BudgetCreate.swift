import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera budget create`
struct BudgetCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a budget.",
        discussion: "With a webhook it prints the secret that its calls are signed with, once.")

    @Argument(help: "Its name: small letters, digits and hyphens.")
    var name: String
    @Argument(help: "How much: money such as 99.50, or a number of the meter's units.")
    var amount: String
    @Option(help: "The tenant's name.")
    var tenant: String
    @Option(help: "A meter, such as written_bytes. Default: money.")
    var meter = ""
    @Option(help: "Percents that raise an alert. Default: 50 75 90 100.")
    var threshold: [Int32] = []
    @Option(help: ArgumentHelp("Where alerts are sent.", valueName: "url"))
    var webhook = ""
    @Flag(help: "Refuse the tenant's requests when it is used up.")
    var hardStop = false
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminCreateBudgetRequest.with {
            $0.parent = ResourceName("tenants", tenant).description
            $0.budgetID = name
            $0.meter = meter
            $0.amount = amount
            $0.thresholds = threshold
            $0.webhookURL = webhook
            $0.hardStop = hardStop
        }
        let made = try await admin.connected { try await $0.budgets.createBudget(request) }
        try admin.show([made.budget], json: made)
        if !admin.json, !made.webhookSecret.isEmpty {
            print("\nwebhook secret, shown once: \(made.webhookSecret)")
        }
    }
}
