import SwiftProtobuf

/// How the server differs from a tenants file.
package struct ApplyPlan: Sendable, Equatable {
    /// In the file's order, those that need nothing among them, and then those that are pruned.
    package let tenants: [TenantPlan]

    package init(tenants: [TenantPlan]) { self.tenants = tenants }

    /// In the order in which they are made.
    package var changes: [PlannedChange] {
        tenants.flatMap { plan in
            plan.steps.map { PlannedChange($0, tenant: plan.name) }
        }
    }

    package var unchangedTenants: Int { tenants.count { $0.steps.isEmpty } }

    /// The changes, one a line, and how many there are.
    package var lines: [String] {
        let changes = changes
        let count = { (action: PlannedChange.Action) in changes.count { $0.action == action } }
        let deleted = count(.delete)
        return changes.map(\.line) + [
            "\(count(.create)) to create, \(count(.update)) to update, "
                + (deleted > 0 ? "\(deleted) to delete, " : "")
                + "\(unchangedTenants) of \(tenants.count - deleted) tenants as declared"
        ]
    }
}
