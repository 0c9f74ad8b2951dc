import Access
import ChromaModel
import ControlPlane
import SwiftProtobuf
import TesseraRPC

extension AdminIssuer {
    init(_ record: IssuerRecord) {
        self.init()
        name = ResourceName("issuers", record.id.value).description
        url = record.url.value
        audiences = record.audiences.map(\.value)
        algorithms = record.algorithms.map(\.rawValue)
        set(record.keySource)
        set(record.mapping)
        clockSkewSeconds = Int32(record.clockSkewSeconds)
        lifetimeSecondsMax = Int32(record.lifetimeSecondsMax)
        createTime = Google_Protobuf_Timestamp(unixMilliseconds: record.createdAtMilliseconds)
        etag = Etag.text(Int64(clamping: record.revision))
    }

    private mutating func set(_ source: KeySource) {
        switch source {
        case .discovery: return
        case .url(let url): keysURL = url
        case .file(let name): keysFile = name
        }
    }

    private mutating func set(_ mapping: ClaimMapping) {
        switch mapping.tenant {
        case .always(let name): tenant = name.value
        case .claim(let claim, let allowed):
            tenantClaim = claim.value
            tenants = allowed.map(\.value)
        }
        databasesClaim = mapping.databasesClaim?.value ?? ""
        roleClaim = mapping.roleClaim.value
        roles = mapping.roles.sorted { $0.key < $1.key }.map { value, role in
            AdminRoleMapping.with {
                $0.value = value.value
                $0.role = role.rawValue
            }
        }
        allowOperator = mapping.allowsOperator
    }
}

extension AdminDenial {
    init(_ record: DenialRecord) {
        self.init()
        name =
            ResourceName("issuers", record.issuer.value, "denials", record.id.description)
            .description
        switch record.rule {
        case .token(let value): tokenID = value.value
        case .subject(let value, let before):
            subject = value.value
            if let before { issueTimeBefore = Google_Protobuf_Timestamp(unixMilliseconds: before) }
        case .everyone(let before):
            issueTimeBefore = Google_Protobuf_Timestamp(unixMilliseconds: before)
        }
        createTime = Google_Protobuf_Timestamp(unixMilliseconds: record.createdAtMilliseconds)
        if let expiry = record.expiresAtMilliseconds {
            expireTime = Google_Protobuf_Timestamp(unixMilliseconds: expiry)
        }
    }
}
