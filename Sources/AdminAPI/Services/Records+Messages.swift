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
    }
}

extension AdminToken {
    init(_ record: TokenRecord) {
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
    }
}

extension TokenRecord {
    fileprivate var resourceName: ResourceName {
        tenantName.map { ResourceName("tenants", $0.value, "tokens", keyID.value) }
            ?? ResourceName("tokens", keyID.value)
    }
}
