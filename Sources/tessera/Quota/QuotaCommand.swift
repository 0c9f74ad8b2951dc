import ArgumentParser

/// `tessera quota`
struct QuotaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quota", abstract: "Show what tenants may use, and change it.",
        subcommands: [
            QuotaGet.self, QuotaOverride.self, QuotaClear.self, QuotaList.self, QuotaPlans.self,
        ])
}
