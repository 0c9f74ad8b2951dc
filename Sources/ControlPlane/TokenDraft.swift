import Access
import ChromaModel

/// What a new token is asked to be.
package struct TokenDraft: Sendable {
    /// Longest display name, in bytes.
    package static let displayNameBytesMax = 512
    /// Most databases one token can be restricted to.
    package static let databasesMax = 1000

    /// The tenant it is for; nil for an operator's token.
    package let tenant: TenantID?
    package let tenantName: TenantName?
    package var role: Role
    /// The databases it reaches; nil means all of its tenant.
    package var databases: [DatabaseName]?
    package var displayName: String
    /// Unix time; nil means it does not expire.
    package var expiresAtMilliseconds: UInt64?
    package var restrictions: TokenRestrictions
    /// The credential that asks for it (`CredentialID`'s text); nil when the server itself does.
    package var creator: String?

    /// - Parameter scope: the tenant it is for; nil for an operator's token.
    package init(
        scope: TenantScope?, role: Role, databases: [DatabaseName]? = nil, displayName: String,
        expiresAtMilliseconds: UInt64? = nil, restrictions: TokenRestrictions = .none,
        creator: String? = nil
    ) {
        tenant = scope?.tenant
        tenantName = scope?.tenantName
        self.role = role
        self.databases = databases
        self.displayName = displayName
        self.expiresAtMilliseconds = expiresAtMilliseconds
        self.restrictions = restrictions
        self.creator = creator
    }

    /// A bootstrap token: of a tenant that was just made, or of the installation.
    init(bootstrapOf record: TenantRecord?) {
        tenant = record?.id
        tenantName = record?.name
        role = record == nil ? .operator : .admin
        displayName = "bootstrap"
        restrictions = .none
    }

    /// Throws `invalidArgument` for what no token can be.
    func validate(atMilliseconds now: UInt64) throws {
        guard (tenant == nil) == (role == .operator) else {
            throw ServiceError.invalid(
                "role operator is for tokens of the installation, the other roles for a tenant's.")
        }
        guard tenant != nil || databases == nil else {
            throw ServiceError.invalid("An operator's token is not restricted to databases.")
        }
        guard displayName.utf8.count <= Self.displayNameBytesMax else {
            throw ServiceError.invalid(
                "display_name must be at most \(Self.displayNameBytesMax) bytes.")
        }
        guard (1...Self.databasesMax).contains(databases?.count ?? 1) else {
            throw ServiceError.invalid(
                "databases takes 1 to \(Self.databasesMax) names; leave it out for all.")
        }
        guard expiresAtMilliseconds ?? .max > now else {
            throw ServiceError.invalid("expire_time must be in the future.")
        }
        try validateRestrictions()
    }

    private func validateRestrictions() throws {
        guard (role == .custom) == (restrictions.actions != nil) else {
            throw ServiceError.invalid("actions and role custom go together; name both or none.")
        }
        let actions = restrictions.actions ?? Role.startingActions
        guard !actions.isEmpty, actions.isDisjoint(with: Role.installationActions) else {
            throw ServiceError.invalid(
                "actions are one or more of: \(Self.words(for: Self.grantableActions)).")
        }
        guard tenant != nil || restrictions.collections == nil else {
            throw ServiceError.invalid("An operator's token is not restricted to collections.")
        }
        guard restrictions.addresses.count <= TokenRestrictions.addressRangesMax else {
            throw ServiceError.invalid(
                "ip_allow takes at most \(TokenRestrictions.addressRangesMax) ranges; join some.")
        }
    }

    /// What a token of a tenant may be given: all that isn't the installation's.
    package static let grantableActions = Action.allCases.filter {
        !Role.installationActions.contains($0)
    }

    private static func words(for actions: [Action]) -> String {
        actions.map(\.rawValue).joined(separator: ", ")
    }
}

/// A token just made: the one moment at which its secret exists.
package struct MintedToken: Sendable {
    package let record: TokenRecord
    /// What the client sends. Hand it over and forget it.
    package let secretText: String
}
