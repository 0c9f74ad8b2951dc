/// What the admin API's methods ask of a caller. The raw value is what the protos declare
/// (proto/tessera/admin/v1, option `permission`).
package enum Permission: String, Sendable, CaseIterable {
    case createBackups = "backups.create"
    case restoreBackups = "backups.restore"
    case listAuditEvents = "audit.list"
    case verifyAuditEvents = "audit.verify"
    case createTenants = "tenants.create"
    case getTenants = "tenants.get"
    case listTenants = "tenants.list"
    case updateTenants = "tenants.update"
    case deleteTenants = "tenants.delete"
    case undeleteTenants = "tenants.undelete"
    case suspendTenants = "tenants.suspend"
    case resumeTenants = "tenants.resume"
    case purgeTenants = "tenants.purge"
    case measureTenants = "tenants.measure"
    case createDatabases = "databases.create"
    case getDatabases = "databases.get"
    case listDatabases = "databases.list"
    case deleteDatabases = "databases.delete"
    case createIssuers = "issuers.create"
    case getIssuers = "issuers.get"
    case listIssuers = "issuers.list"
    case replaceIssuers = "issuers.replace"
    case deleteIssuers = "issuers.delete"
    case createDenials = "denials.create"
    case listDenials = "denials.list"
    case deleteDenials = "denials.delete"
    case createTokens = "tokens.create"
    case getTokens = "tokens.get"
    case listTokens = "tokens.list"
    case revokeTokens = "tokens.revoke"
    case deleteTokens = "tokens.delete"
    case rotateTokens = "tokens.rotate"
    case revokeManyTokens = "tokens.batchrevoke"
    case introspectTokens = "tokens.introspect"
    case testAccess = "access.test"
    case getQuotas = "quotas.get"
    case createOverrides = "overrides.create"
    case listOverrides = "overrides.list"
    case deleteOverrides = "overrides.delete"
    case listPlans = "plans.list"
    case assignPlans = "plans.assign"
    case queryUsage = "usage.query"
    case exportUsage = "usage.export"
    case createExports = "exports.create"
    case getExports = "exports.get"
    case downloadExports = "exports.download"
    case deleteExports = "exports.delete"
    case listReceipts = "receipts.list"
    case downloadReceipts = "receipts.download"
    case getReceiptKey = "receipts.getkey"
    case createPriceBooks = "pricebooks.create"
    case getPriceBooks = "pricebooks.get"
    case listPriceBooks = "pricebooks.list"
    case createBudgets = "budgets.create"
    case getBudgets = "budgets.get"
    case listBudgets = "budgets.list"
    case deleteBudgets = "budgets.delete"
    case listAlerts = "alerts.list"
}

extension Role {
    /// Whether the role holds a permission, before any look at whose resource it is.
    package func holds(_ permission: Permission) -> Bool {
        switch self {
        case .operator: true
        case .admin: !Self.operatorPermissions.contains(permission)
        case .writer, .reader, .custom: Self.selfPermissions.contains(permission)
        }
    }

    /// What every token may ask about itself.
    fileprivate static let selfPermissions: Set<Permission> = [
        .introspectTokens, .testAccess,
    ]

    private static let operatorPermissions: Set<Permission> = [
        .createBackups, .restoreBackups, .createTenants, .listTenants, .deleteTenants,
        .updateTenants, .undeleteTenants, .suspendTenants, .resumeTenants, .purgeTenants,
        .measureTenants,
        .listAuditEvents, .verifyAuditEvents,
        .createIssuers, .getIssuers, .listIssuers, .replaceIssuers, .deleteIssuers,
        .createDenials, .listDenials, .deleteDenials,
        .createOverrides, .deleteOverrides, .assignPlans,
        // A budget may stop a tenant: it doesn't lift the stop itself.
        .createPriceBooks, .createBudgets, .deleteBudgets,
    ]
}

extension Principal {
    /// Whether the caller holds a permission on anything at all.
    ///
    /// A token that reaches only some databases or collections must not widen itself: it looks at
    /// those, and neither makes databases nor touches tokens.
    package func holds(_ permission: Permission) -> Bool {
        guard role.holds(permission) else { return false }
        return !isRestricted || Self.restrictedPermissions.contains(permission)
    }

    private static let restrictedPermissions = Role.selfPermissions.union([
        .getTenants, .getDatabases, .listDatabases,
    ])
}
