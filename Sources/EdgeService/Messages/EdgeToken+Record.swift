import Access
import ChromaModel
import FoundationEssentials
import SwiftProtobuf
import TesseraRPC

extension EdgeToken {
    init(_ record: TokenRecord) {
        self.init()
        keyID = record.keyID.value
        if let id = record.tenant { tenantID = Data(id.uuid) }
        if let name = record.tenantName { tenantName = name.value }
        role = record.role.rawValue
        if let names = record.databases { databases = .with { $0.names = names.map(\.value) } }
        displayName = record.displayName
        createdMilliseconds = record.createdAtMilliseconds
        if let expires = record.expiresAtMilliseconds { expiresMilliseconds = expires }
        if let revoked = record.revokedAtMilliseconds { revokedMilliseconds = revoked }
        take(record.restrictions)
        if let next = record.succession {
            succession = .with {
                if let heir = next.replacedBy { $0.replacedBy = heir.value }
                $0.graceEndsMilliseconds = next.graceEndsAtMilliseconds
            }
        }
        if let maker = record.creator { creator = maker }
        mac = Data(record.mac)
        pepperVersion = Int64(record.pepperVersion)
    }

    private mutating func take(_ restrictions: TokenRestrictions) {
        if let allowed = restrictions.actions {
            actions = .with { $0.names = allowed.map(\.rawValue).sorted() }
        }
        if let pattern = restrictions.collections { collections = pattern.value }
        addresses = restrictions.addresses.map(\.description)
    }

    func record() throws(ServiceError) -> TokenRecord {
        guard let role = Role(rawValue: role) else { throw .unreadableMessage("a role") }
        return TokenRecord(
            keyID: TokenKeyID(keyID),
            tenant: hasTenantID ? TenantID(try tenantID.uniqueID()) : nil,
            tenantName: hasTenantName ? TenantName(tenantName) : nil, role: role,
            databases: hasDatabases ? databases.names.map { DatabaseName($0) } : nil,
            displayName: displayName, createdAtMilliseconds: createdMilliseconds,
            expiresAtMilliseconds: hasExpiresMilliseconds ? expiresMilliseconds : nil,
            revokedAtMilliseconds: hasRevokedMilliseconds ? revokedMilliseconds : nil,
            restrictions: try restrictions(),
            succession: hasSuccession
                ? TokenSuccession(
                    replacedBy: succession.hasReplacedBy
                        ? TokenKeyID(succession.replacedBy) : nil,
                    graceEndsAtMilliseconds: succession.graceEndsMilliseconds) : nil,
            creator: hasCreator ? creator : nil, mac: Array(mac),
            pepperVersion: Int(clamping: pepperVersion))
    }

    private func restrictions() throws(ServiceError) -> TokenRestrictions {
        var whole = TokenRestrictions()
        if hasActions {
            // An action that only a newer release knows is one that nothing here asks for.
            whole.actions = Set(actions.names.compactMap { Action(rawValue: $0) })
        }
        if hasCollections { whole.collections = CollectionPattern(collections) }
        for address in addresses { whole.addresses.append(try AddressRange(parsing: address)) }
        return whole
    }
}
