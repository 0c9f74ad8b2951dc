import ChromaModel
import ChromaWire

/// What an issuer's claims mean here: which tenant, which databases, which role.
///
/// Nothing is granted that isn't spelled out: without a mapped role a token is refused.
package struct ClaimMapping: Sendable, Hashable {
    package static let tenantClaimDefault = "tenant"
    package static let roleClaimDefault = "role"

    package var tenant: TenantRule
    /// The claim that lists the databases a token reaches, which a token must then have; nil means
    /// that every token reaches all of its tenant.
    package var databasesClaim: ClaimPath?
    /// The claim that holds a role, or a list of them or of groups.
    package var roleClaim: ClaimPath
    /// The role for each value of that claim. Of several the one that may most counts.
    package var roles: [ClaimText: Role]
    /// Whether a value may be mapped to the operators' role.
    package var allowsOperator: Bool

    package init(
        tenant: TenantRule = .claim(ClaimPath(tenantClaimDefault)),
        databasesClaim: ClaimPath? = nil, roleClaim: ClaimPath = ClaimPath(roleClaimDefault),
        roles: [ClaimText: Role], allowsOperator: Bool = false
    ) {
        self.tenant = tenant
        self.databasesClaim = databasesClaim
        self.roleClaim = roleClaim
        self.roles = roles
        self.allowsOperator = allowsOperator
    }
}

/// For which tenant an issuer's token is.
package enum TenantRule: Sendable, Hashable {
    /// Always for this one.
    case always(TenantName)
    /// For the one that a claim names, which must be among these; none means any.
    case claim(ClaimPath, among: [TenantName] = [])
}

/// Where in a token a claim is: its name, or `/a/b` for a member of a member, as JSON Pointer
/// (RFC 6901) writes it, for providers that nest their roles.
package struct ClaimPath: ByteText {
    package let value: String
    package init(_ value: String) { self.value = value }

    func find(in tree: JSONTree) -> JSONTree? {
        guard value.utf8.first == UInt8(ascii: "/") else { return tree[value] }
        var place = tree
        for name in value.utf8.dropFirst().split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        {
            guard let next = place[Self.unescaped(name)] else { return nil }
            place = next
        }
        return place
    }

    /// `~1` stands for a slash, `~0` for a tilde.
    private static func unescaped(_ name: Substring.UTF8View) -> String {
        var bytes: [UInt8] = []
        var isEscape = false
        for byte in name {
            if isEscape {
                bytes.append(byte == UInt8(ascii: "1") ? UInt8(ascii: "/") : UInt8(ascii: "~"))
                isEscape = false
            } else if byte == UInt8(ascii: "~") {
                isEscape = true
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
