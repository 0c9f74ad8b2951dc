import ArgumentParser

/// `tessera budget`
struct BudgetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "budget", abstract: "Say what a tenant may use in a month, and who is told.",
        subcommands: [
            BudgetCreate.self, BudgetList.self, BudgetDelete.self, BudgetAlerts.self,
        ])
}
