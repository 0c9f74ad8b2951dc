import ChromaModel
import SwiftProtobuf
import Yams

/// The tenants that a file declares, as `tessera apply` reads it: no unknown key, no name twice.
package struct TenantsFile: Sendable, Equatable {
    /// In the file's order.
    package private(set) var tenants: [DeclaredTenant]
    /// Who says so: the tenants get a label with it, by which `--prune` knows them again.
    package let manager: String?

    /// - Throws: `CommandFailure`, with the line, for what can't be read or isn't understood.
    package init(path: String) throws { try self.init(YAMLFile(path: path)) }

    init(_ file: YAMLFile) throws {
        let root = try YAMLFields(
            file.root(), what: "The file", keys: ["tenants", "manager"], in: file)
        manager = try root.text("manager").map { _ in try Self.name("manager", root) }
        let nodes = try root.items("tenants")
        tenants = try nodes.map { try Self.tenant($0, file) }
        try Self.refuseTwins(zip(tenants.map { ByteName(value: $0.name) }, nodes), file) {
            "tenant \($0) is declared twice"
        }
        tenants = managed(tenants)
    }

    private static func tenant(_ node: Node, _ file: YAMLFile) throws -> DeclaredTenant {
        let fields = try YAMLFields(
            node, what: "A tenant",
            keys: ["name", "display_name", "plan", "labels", "databases", "quotas"], in: file)
        var tenant = DeclaredTenant(name: try name("name", fields))
        tenant.displayName = try fields.text("display_name")
        tenant.plan = try fields.text("plan").map { _ in try name("plan", fields) }
        tenant.labels = try fields.texts("labels")
        tenant.databases = try databases(fields)
        tenant.overrides = try overrides(fields)
        return tenant
    }

    private static func databases(_ tenant: YAMLFields) throws -> [String] {
        let nodes = try tenant.items("databases")
        let names = try nodes.map { node in
            let name = try tenant.file.text(node, what: "A database")
            guard !name.isEmpty else { throw tenant.file.refusal(node, "a database has a name") }
            return name
        }
        try refuseTwins(zip(names.map(ByteName.init), nodes), tenant.file) {
            "database \($0) is declared twice"
        }
        return names
    }

    private static func overrides(_ tenant: YAMLFields) throws -> [DeclaredOverride] {
        let nodes = try tenant.items("quotas")
        let overrides = try nodes.map { try override($0, tenant.file) }
        try refuseTwins(zip(overrides.map(\.place), nodes), tenant.file) {
            "\($0.usageType) is overridden twice"
        }
        return overrides
    }

    private static func override(_ node: Node, _ file: YAMLFile) throws -> DeclaredOverride {
        let fields = try YAMLFields(
            node, what: "A quota",
            keys: ["usage_type", "limit", "reason", "database", "expire_time"], in: file)
        var override = DeclaredOverride(
            usageType: try name("usage_type", fields), limit: try fields.requiredInteger("limit"),
            reason: try name("reason", fields))
        override.database = try fields.text("database").map { _ in try name("database", fields) }
        override.expireTime = try fields.text("expire_time").map { try time($0, fields) }
        return override
    }

    private static func time(
        _ text: String, _ fields: YAMLFields
    ) throws -> Google_Protobuf_Timestamp {
        guard let time = try? Google_Protobuf_Timestamp(jsonString: "\"\(text)\"") else {
            throw fields.refusal(
                "expire_time", "\(text) is no time; write it like 2027-01-31T00:00:00Z")
        }
        return time
    }

    /// A text that must be there and say something.
    private static func name(_ key: String, _ fields: YAMLFields) throws -> String {
        let text = try fields.requiredText(key)
        guard !text.isEmpty else { throw fields.refusal(key, "\(key) is empty") }
        return text
    }

    private static func refuseTwins<Key: Hashable>(
        _ items: some Swift.Sequence<(Key, Node)>, _ file: YAMLFile, _ words: (Key) -> String
    ) throws {
        var seen: Set<Key> = []
        for (key, node) in items where !seen.insert(key).inserted {
            throw file.refusal(node, words(key))
        }
    }
}
