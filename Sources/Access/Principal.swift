import ChromaModel

/// Who is asking: what a verified credential says.
package struct Principal: Sendable, Hashable {
    package let credential: CredentialID
    package let role: Role
    /// The one tenant it belongs to; nil for an operator.
    package let tenant: TenantID?
    package let tenantName: TenantName?
    /// The databases it reaches; nil means all of its tenant.
    package let databases: [DatabaseName]?

    package init(
        credential: CredentialID, role: Role, tenant: TenantID?, tenantName: TenantName?,
        databases: [DatabaseName]?
    ) {
        self.credential = credential
        self.role = role
        self.tenant = tenant
        self.tenantName = tenantName
        self.databases = databases
    }
}
