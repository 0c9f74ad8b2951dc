import Access
import ChromaModel
import SwiftProtobuf
import TesseraRPC

extension AdminTenant {
    init(_ record: TenantRecord) {
        self.init()
        name = ResourceName("tenants", record.name.value).description
        resourceName = record.resourceName?.value ?? ""
        plan = record.plan.rawValue
        createTime = Google_Protobuf_Timestamp(unixMilliseconds: record.createdAtMilliseconds)
        uid = record.id.description
        state = record.state.rawValue
        displayName = record.profile.displayName
        labels = record.profile.labels
        etag = Etag.text(record.revision)
        setSuspension(record.suspension)
        setDeletion(record.deletion)
    }

    private mutating func setSuspension(_ suspension: TenantSuspension?) {
        guard let suspension else { return }
        suspendReason = suspension.reason
        suspendTime = Google_Protobuf_Timestamp(unixMilliseconds: suspension.atMilliseconds)
    }

    private mutating func setDeletion(_ deletion: TenantDeletion?) {
        guard let deletion else { return }
        deleteTime = Google_Protobuf_Timestamp(unixMilliseconds: deletion.atMilliseconds)
        if let purge = deletion.purgeAtMilliseconds {
            purgeTime = Google_Protobuf_Timestamp(unixMilliseconds: purge)
        }
    }
}

extension AdminDatabase {
    init(_ record: DatabaseRecord) {
        self.init()
        name =
            ResourceName("tenants", record.tenantName.value, "databases", record.name.value)
            .description
        uid = record.id.description
        createTime = Google_Protobuf_Timestamp(unixMilliseconds: record.createdAtMilliseconds)
        etag = Etag.text(record.revision)
    }
}

extension AdminToken {
    /// - Parameter lastUse: Unix time in milliseconds; nil when it was never used.
    init(_ record: TokenRecord, lastUse: UInt64?) {
        self.init()
        name = record.resourceName.description
        displayName = record.displayName
        role = record.role.rawValue
        restricted = record.databases != nil
        databases = (record.databases ?? []).map(\.value)
        createTime = Google_Protobuf_Timestamp(unixMilliseconds: record.createdAtMilliseconds)
        if let expiry = record.expiresAtMilliseconds {
            expireTime = Google_Protobuf_Timestamp(unixMilliseconds: expiry)
        }
        if let revocation = record.revokedAtMilliseconds {
            revokeTime = Google_Protobuf_Timestamp(unixMilliseconds: revocation)
        }
        if let lastUse { lastUseTime = Google_Protobuf_Timestamp(unixMilliseconds: lastUse) }
        creator = record.creator ?? ""
        show(record.restrictions)
        if let succession = record.succession { show(succession, of: record) }
    }

    private mutating func show(_ restrictions: TokenRestrictions) {
        actions = Action.allCases.filter { restrictions.actions?.contains($0) ?? false }
            .map(\.rawValue)
        collections = restrictions.collections?.value ?? ""
        ipAllow = restrictions.addresses.map(\.description)
    }

    private mutating func show(_ succession: TokenSuccession, of record: TokenRecord) {
        graceEndTime = Google_Protobuf_Timestamp(
            unixMilliseconds: succession.graceEndsAtMilliseconds)
        replacedBy = succession.replacedBy.map { record.resourceName(ofKey: $0).description } ?? ""
    }
}

extension TokenRecord {
    fileprivate var resourceName: ResourceName { resourceName(ofKey: keyID) }

    /// Of a token of the same owner.
    fileprivate func resourceName(ofKey keyID: TokenKeyID) -> ResourceName {
        tenantName.map { ResourceName("tenants", $0.value, "tokens", keyID.value) }
            ?? ResourceName("tokens", keyID.value)
    }
}
