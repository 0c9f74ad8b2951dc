import ChromaModel
import FoundationEssentials
import Platform

/// What the first start hands to the operator, in the file `bootstrap.json` (mode 0600).
package struct BootstrapCredentials: Codable, Sendable {
    package static let tenantName = TenantName("default_tenant")
    package static let databaseName = DatabaseName("default_database")

    /// The operator's token.
    package let adminToken: String
    package let tenant: String
    package let database: String
    /// A token of role admin for the tenant.
    package let token: String

    enum CodingKeys: String, CodingKey {
        case adminToken = "admin_token"
        case tenant, database, token
    }

    init(adminToken: String, token: String) {
        self.adminToken = adminToken
        self.token = token
        tenant = Self.tenantName.value
        database = Self.databaseName.value
    }

    /// Durable when it returns.
    func write(to path: String, _ fileSystem: any FileSystem) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try fileSystem.writeAtomically(Array(encoder.encode(self)) + [0x0A], to: path)
    }
}
