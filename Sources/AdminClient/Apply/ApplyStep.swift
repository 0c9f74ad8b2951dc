import TesseraRPC

/// One change that brings a tenant to what its file declares: one call of the admin API.
package enum ApplyStep: Sendable, Equatable {
    case createTenant(DeclaredTenant)
    /// Its display name and labels, where they are not nil.
    case updateTenant(from: AdminTenant, displayName: String?, labels: [String: String]?)
    case changePlan(from: String, to: String)
    case createDatabase(String)
    case setOverride(DeclaredOverride, instead: AdminQuotaOverride?)
    /// It can be undeleted for a while.
    case deleteTenant(AdminTenant)
}
