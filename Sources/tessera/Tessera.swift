import ArgumentParser

/// The one executable.
@main
struct Tessera: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The hosted Chroma that a team can run itself.",
        subcommands: [
            Serve.self, MigrateCommand.self, CertsCommand.self,
            TenantCommand.self, DatabaseCommand.self, TokenCommand.self, IssuerCommand.self,
            QuotaCommand.self, ApplyCommand.self, AuditCommand.self,
            UsageCommand.self, PriceBookCommand.self, BudgetCommand.self,
            TopCommand.self,
            Inspect.self, Scrub.self, BackupCommand.self, RestoreCommand.self,
        ])
}
