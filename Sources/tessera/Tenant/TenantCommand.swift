import ArgumentParser

/// `tessera tenant`
struct TenantCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant", abstract: "Make, look at, change, suspend and delete tenants.",
        subcommands: [
            TenantCreate.self, TenantGet.self, TenantList.self, TenantUpdate.self,
            TenantSetPlan.self, TenantSuspend.self, TenantResume.self,
            TenantDelete.self, TenantUndelete.self, TenantPurge.self,
        ])
}
