import SwiftProtobuf
import TesseraRPC

/// What is to be done for one tenant. One that is declared is only made and changed: nothing of it
/// is ever deleted.
package struct TenantPlan: Sendable, Equatable {
    package let name: String
    /// What the plan was made from; nil when there was no such tenant.
    package let installed: InstalledTenant?
    /// In the order to take them; none when the tenant is as declared.
    package let steps: [ApplyStep]

    /// Limits come before the databases they may make room for, and a database's own after it.
    ///
    /// - Parameter now: an override that has ended by then isn't asked for.
    package init(
        _ declared: DeclaredTenant, installed: InstalledTenant?, now: Google_Protobuf_Timestamp
    ) {
        let overrides = Self.overrides(declared, installed, now)
        name = declared.name
        self.installed = installed
        steps =
            Self.tenant(declared, installed?.tenant)
            + overrides.filter { $0.database == nil }.map { $0.step }
            + Self.databases(declared, installed)
            + overrides.filter { $0.database != nil }.map { $0.step }
    }

    /// Deletes a tenant that the file's manager had, and that the file declares no more.
    init(pruning installed: InstalledTenant, named name: String) {
        self.name = name
        self.installed = installed
        steps = [.deleteTenant(installed.tenant)]
    }

    private static func tenant(
        _ declared: DeclaredTenant, _ installed: AdminTenant?
    ) -> [ApplyStep] {
        guard let installed else { return [.createTenant(declared)] }
        let displayName = declared.displayName.flatMap {
            ByteName(value: $0) == ByteName(value: installed.displayName) ? nil : $0
        }
        let labels = declared.labels(insteadOf: installed.labels).flatMap {
            byBytes($0) == byBytes(installed.labels) ? nil : $0
        }
        var steps: [ApplyStep] = []
        if displayName != nil || labels != nil {
            steps.append(.updateTenant(from: installed, displayName: displayName, labels: labels))
        }
        if let plan = declared.plan, ByteName(value: plan) != ByteName(value: installed.plan) {
            steps.append(.changePlan(from: installed.plan, to: plan))
        }
        return steps
    }

    private static func databases(
        _ declared: DeclaredTenant, _ installed: InstalledTenant?
    ) -> [ApplyStep] {
        let there = Set(
            (installed?.databases ?? []).map { ByteName(value: lastSegment(of: $0.name)) })
        return declared.databases.filter { !there.contains(ByteName(value: $0)) }
            .map { .createDatabase($0) }
    }

    private static func overrides(
        _ declared: DeclaredTenant, _ installed: InstalledTenant?, _ now: Google_Protobuf_Timestamp
    ) -> [(database: String?, step: ApplyStep)] {
        let there = Dictionary(
            (installed?.overrides ?? []).map { ($0.place, $0) }, uniquingKeysWith: { $1 })
        return declared.overrides.compactMap { override in
            let former = there[override.place]
            guard !override.hasEnded(by: now), former.map(override.isMet) != true else {
                return nil
            }
            return (override.database, .setOverride(override, instead: former))
        }
    }

    private static func byBytes(_ labels: [String: String]) -> [ByteName: ByteName] {
        Dictionary(
            labels.map { (ByteName(value: $0), ByteName(value: $1)) }, uniquingKeysWith: { $1 })
    }
}
