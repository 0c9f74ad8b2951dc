import TesseraRPC

/// A tenant as the server has it, as far as a tenants file can declare it.
package struct InstalledTenant: Sendable, Equatable {
    package let tenant: AdminTenant
    package let databases: [AdminDatabase]
    /// Expired ones among them.
    package let overrides: [AdminQuotaOverride]

    package init(
        tenant: AdminTenant, databases: [AdminDatabase], overrides: [AdminQuotaOverride]
    ) {
        self.tenant = tenant
        self.databases = databases
        self.overrides = overrides
    }
}
