import SwiftProtobuf
import TesseraRPC

/// A step as it is shown: as a line, or as JSON.
package struct PlannedChange: Sendable, Equatable, Encodable {
    package enum Action: String, Sendable, Encodable { case create, update, delete }

    package struct Field: Sendable, Equatable, Encodable {
        package let field: String
        /// Absent where there was nothing.
        package var from: String?
        package let to: String
    }

    package let action: Action
    /// As in tenants/acme/databases/main-db.
    package let resource: String
    package let fields: [Field]

    /// - Parameter tenant: its name, as the file has it.
    init(_ step: ApplyStep, tenant: String) {
        let parent = ResourceName("tenants", tenant).description
        switch step {
        case .createTenant(let declared):
            self.init(.create, parent, Self.fields(declared))
        case .updateTenant(let from, let displayName, let labels):
            self.init(.update, parent, Self.fields(from, displayName, labels))
        case .changePlan(let from, let to):
            self.init(.update, parent, [Field(field: "plan", from: from, to: to)])
        case .createDatabase(let name):
            self.init(.create, "\(parent)/\(ResourceName("databases", name))", [])
        case .setOverride(let override, let former):
            self.init(
                former == nil ? .create : .update, override.resource(below: parent),
                Self.fields(override, former))
        case .deleteTenant: self.init(.delete, parent, [])
        }
    }

    private init(_ action: Action, _ resource: String, _ fields: [Field]) {
        (self.action, self.resource, self.fields) = (action, resource, fields)
    }

    /// `+ tenants/acme  plan: "self-hosted"`, without what would write over the terminal.
    package var line: String {
        let shown = fields.map { field in
            "\(field.field): " + (field.from.map { "\"\($0)\" -> " } ?? "") + "\"\(field.to)\""
        }
        let sign =
            switch action {
            case .create: "+"
            case .update: "~"
            case .delete: "-"
            }
        let tail = shown.isEmpty ? "" : "  " + shown.joined(separator: ", ")
        return TextTable.printable("\(sign) \(resource)\(tail)")
    }
}

extension PlannedChange {
    private static func fields(_ tenant: DeclaredTenant) -> [Field] {
        let fields = [
            ("display_name", tenant.displayName), ("plan", tenant.plan),
            ("labels", tenant.labels(insteadOf: [:]).map(shown)),
        ]
        return fields.compactMap { name, value in value.map { Field(field: name, to: $0) } }
    }

    private static func fields(
        _ from: AdminTenant, _ displayName: String?, _ labels: [String: String]?
    ) -> [Field] {
        [
            displayName.map { Field(field: "display_name", from: from.displayName, to: $0) },
            labels.map { Field(field: "labels", from: shown(from.labels), to: shown($0)) },
        ].compactMap { $0 }
    }

    private static func fields(
        _ override: DeclaredOverride, _ former: AdminQuotaOverride?
    ) -> [Field] {
        let end = former.map { $0.hasExpireTime ? $0.expireTime.shown : "never" }
        return [
            Field(field: "limit", from: former.map { "\($0.limit)" }, to: "\(override.limit)"),
            Field(field: "reason", from: former?.reason, to: override.reason),
            Field(field: "expire_time", from: end, to: override.expireTime?.shown ?? "never"),
        ].filter { $0.from.map(ByteName.init) != ByteName(value: $0.to) }
    }

    private static func shown(_ labels: [String: String]) -> String {
        labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }
}

extension DeclaredOverride {
    func resource(below tenant: String) -> String {
        "\(parent(below: tenant))/\(ResourceName("quotaOverrides", usageType))"
    }

    /// The resource that has the override: the tenant or one of its databases.
    func parent(below tenant: String) -> String {
        database.map { "\(tenant)/\(ResourceName("databases", $0))" } ?? tenant
    }
}
