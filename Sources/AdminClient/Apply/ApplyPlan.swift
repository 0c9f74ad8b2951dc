import SwiftProtobuf

/// How the server differs from a tenants file.
package struct ApplyPlan: Sendable, Equatable {
    /// In the file's order, those that need nothing among them.
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
        let created = changes.count { $0.action == .create }
        return changes.map(\.line) + [
            "\(created) to create, \(changes.count - created) to update, "
                + "\(unchangedTenants) of \(tenants.count) tenants as declared"
        ]
    }
}
