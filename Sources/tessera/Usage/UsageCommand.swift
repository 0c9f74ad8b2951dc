import ArgumentParser

/// `tessera usage`
struct UsageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage", abstract: "See what tenants used, export it, and check receipts.",
        subcommands: [
            UsageQuery.self, UsageExportCommand.self, UsageReceipts.self, UsageReceiptCommand.self,
            UsageKey.self, UsageVerify.self, UsageProve.self,
        ])
}
