import ArgumentParser

/// `tessera tenant`
struct TenantCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant", abstract: "Make, look at and delete tenants.",
        subcommands: [
            TenantCreate.self, TenantGet.self, TenantList.self, TenantSetPlan.self,
            TenantDelete.self,
        ])
}
