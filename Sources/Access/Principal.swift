import ChromaModel

/// Who is asking: what a verified credential says.
package struct Principal: Sendable, Hashable {
    package let keyID: TokenKeyID
    package let role: Role
    /// The one tenant it belongs to; nil for an operator.
    package let tenant: TenantID?
    package let tenantName: TenantName?
    /// The databases it reaches; nil means all of its tenant.
    package let databases: [DatabaseName]?

    package init(
        keyID: TokenKeyID, role: Role, tenant: TenantID?, tenantName: TenantName?,
        databases: [DatabaseName]?
    ) {
        self.keyID = keyID
        self.role = role
        self.tenant = tenant
        self.tenantName = tenantName
        self.databases = databases
    }
}
