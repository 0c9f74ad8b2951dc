import ChromaModel

/// A tenant as the control plane keeps it.
package struct TenantRecord: Sendable, Hashable {
    package let id: TenantID
    package let name: TenantName
    /// The first part of its CRNs; nil until it is set.
    package let resourceName: TenantResourceName?
    /// The limits it is held to.
    package let plan: Plan
    /// Unix time in milliseconds.
    package let createdAtMilliseconds: UInt64
    package var profile: TenantProfile
    /// nil unless it is suspended; a deleted tenant may be, too.
    package var suspension: TenantSuspension?
    /// nil unless a budget of it was used up, in this period or an earlier one.
    package let stop: TenantStop?
    /// nil unless it is deleted.
    package let deletion: TenantDeletion?
    /// Grows with every change: the etag.
    package let revision: Int64

    package init(
        id: TenantID, name: TenantName, resourceName: TenantResourceName? = nil,
        plan: Plan = .selfHosted, createdAtMilliseconds: UInt64,
        profile: TenantProfile = TenantProfile(), suspension: TenantSuspension? = nil,
        stop: TenantStop? = nil, deletion: TenantDeletion? = nil, revision: Int64 = 1
    ) {
        self.id = id
        self.name = name
        self.resourceName = resourceName
        self.plan = plan
        self.createdAtMilliseconds = createdAtMilliseconds
        self.profile = profile
        self.suspension = suspension
        self.stop = stop
        self.deletion = deletion
        self.revision = revision
    }

    package var state: TenantState {
        if deletion != nil { return .deleted }
        return suspension == nil ? .active : .suspended
    }
}

/// A database as the control plane keeps it.
package struct DatabaseRecord: Sendable, Hashable {
    package let tenant: TenantID
    package let tenantName: TenantName
    package let id: DatabaseID
    package let name: DatabaseName
    /// Unix time in milliseconds.
    package let createdAtMilliseconds: UInt64
    /// Grows with every change: the etag.
    package let revision: Int64

    package init(
        tenant: TenantID, tenantName: TenantName, id: DatabaseID, name: DatabaseName,
        createdAtMilliseconds: UInt64, revision: Int64 = 1
    ) {
        self.tenant = tenant
        self.tenantName = tenantName
        self.id = id
        self.name = name
        self.createdAtMilliseconds = createdAtMilliseconds
        self.revision = revision
    }
}

/// A token as the control plane keeps it; the secret is nowhere, only its keyed hash.
package struct TokenRecord: Sendable, Hashable {
    package let keyID: TokenKeyID
    /// The tenant it belongs to; nil for an operator's token.
    package let tenant: TenantID?
    package let tenantName: TenantName?
    package let role: Role
    /// The databases it reaches; nil means all of its tenant.
    package let databases: [DatabaseName]?
    package let displayName: String
    package let createdAtMilliseconds: UInt64
    package let expiresAtMilliseconds: UInt64?
    package let revokedAtMilliseconds: UInt64?
    package let restrictions: TokenRestrictions
    /// What came of its rotation; nil when it was not rotated.
    package let succession: TokenSuccession?
    /// The credential that made it (`CredentialID`'s text); nil when the server itself did.
    package let creator: String?
    /// HMAC-SHA-256 of key id and secret under the pepper of `pepperVersion`.
    package let mac: [UInt8]
    package let pepperVersion: Int

    package init(
        keyID: TokenKeyID, tenant: TenantID?, tenantName: TenantName?, role: Role,
        databases: [DatabaseName]?, displayName: String, createdAtMilliseconds: UInt64,
        expiresAtMilliseconds: UInt64?, revokedAtMilliseconds: UInt64?,
        restrictions: TokenRestrictions = .none, succession: TokenSuccession? = nil,
        creator: String? = nil, mac: [UInt8], pepperVersion: Int
    ) {
        self.keyID = keyID
        self.tenant = tenant
        self.tenantName = tenantName
        self.role = role
        self.databases = databases
        self.displayName = displayName
        self.createdAtMilliseconds = createdAtMilliseconds
        self.expiresAtMilliseconds = expiresAtMilliseconds
        self.revokedAtMilliseconds = revokedAtMilliseconds
        self.restrictions = restrictions
        self.succession = succession
        self.creator = creator
        self.mac = mac
        self.pepperVersion = pepperVersion
    }
}

/// The public part of a token: 11 base62 characters.
package struct TokenKeyID: ByteText {
    package let value: String
    package init(_ value: String) { self.value = value }
}
