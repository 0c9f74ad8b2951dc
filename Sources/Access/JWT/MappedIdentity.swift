import ChromaModel
import ChromaWire

/// Whom a verified token stands for, by the claim mapping of its issuer.
struct MappedIdentity: Sendable, Hashable {
    let role: Role
    /// nil for an operator.
    let tenant: TenantName?
    /// nil means all of the tenant.
    let databases: [DatabaseName]?

    /// Throws what the claims lack.
    init(_ claims: TokenClaims, by mapping: ClaimMapping) throws(AuthenticationRefusal) {
        role = try Self.role(claims, mapping)
        guard role != .operator else {
            tenant = nil
            databases = nil
            return
        }
        tenant = try Self.tenant(claims, mapping)
        databases = try Self.databases(claims, mapping)
    }

    private static func role(_ claims: TokenClaims, _ mapping: ClaimMapping)
        throws(AuthenticationRefusal) -> Role
    {
        let values = texts(mapping.roleClaim.find(in: claims.tree)) ?? []
        let roles = values.compactMap { mapping.roles[ClaimText($0)] }
            .filter { $0 != .operator || mapping.allowsOperator }
        // Role lists its cases from the one that may most.
        guard let role = Role.allCases.first(where: roles.contains) else { throw .noRole }
        return role
    }

    private static func tenant(_ claims: TokenClaims, _ mapping: ClaimMapping)
        throws(AuthenticationRefusal) -> TenantName
    {
        switch mapping.tenant {
        case .always(let name): return name
        case .claim(let claim, let allowed):
            guard let text = claim.find(in: claims.tree)?.string, isName(text) else {
                throw .noTenant
            }
            let name = TenantName(text)
            guard allowed.isEmpty || allowed.contains(name) else { throw .noTenant }
            return name
        }
    }

    /// What could be a tenant's name at all; others aren't looked up.
    private static func isName(_ text: String) -> Bool {
        (1...TokenClaims.textBytesMax).contains(text.utf8.count) && !text.utf8.contains(0)
    }

    /// A claim that is missing or of another type must not widen what a token reaches.
    private static func databases(_ claims: TokenClaims, _ mapping: ClaimMapping)
        throws(AuthenticationRefusal) -> [DatabaseName]?
    {
        guard let claim = mapping.databasesClaim else { return nil }
        guard let names = texts(claim.find(in: claims.tree)) else { throw .noDatabases }
        return names.map { DatabaseName($0) }
    }

    /// One text or a list of them; nil for anything else.
    private static func texts(_ tree: JSONTree?) -> [String]? {
        if let one = tree?.string { return [one] }
        guard let elements = tree?.array else { return nil }
        let texts = elements.compactMap(\.string)
        return texts.count == elements.count ? texts : nil
    }
}
