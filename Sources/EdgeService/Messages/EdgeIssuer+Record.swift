import Access
import ChromaModel
import FoundationEssentials
import SwiftProtobuf
import TesseraRPC

extension EdgeIssuer {
    init(_ record: IssuerRecord) {
        self.init()
        id = record.id.value
        uid = Data(record.uid)
        revision = record.revision
        url = record.url.value
        audiences = record.audiences.map(\.value)
        algorithms = record.algorithms.map(\.rawValue)
        switch record.keySource {
        case .discovery: discovery = Google_Protobuf_Empty()
        case .url(let url): keysURL = url
        case .file(let name): keysFile = name
        }
        mapping = ClaimMapping(record.mapping)
        clockSkewSeconds = Int64(record.clockSkewSeconds)
        lifetimeSecondsMax = Int64(record.lifetimeSecondsMax)
        denials = Denials(record.denials)
        createdMilliseconds = record.createdAtMilliseconds
    }

    func record() throws(ServiceError) -> IssuerRecord {
        IssuerRecord(
            id: IssuerID(id), uid: try uid.uniqueID(), revision: revision, url: IssuerURL(url),
            audiences: audiences.map { ClaimText($0) },
            algorithms: algorithms.compactMap { SignatureAlgorithm(rawValue: $0) },
            keySource: try source(), mapping: try mapping.value(),
            clockSkewSeconds: Int(clamping: clockSkewSeconds),
            lifetimeSecondsMax: Int(clamping: lifetimeSecondsMax), denials: denials.value,
            createdAtMilliseconds: createdMilliseconds)
    }

    private func source() throws(ServiceError) -> KeySource {
        switch keySource {
        case .discovery: return .discovery
        case .keysURL(let url): return .url(url)
        case .keysFile(let name): return .file(name)
        case nil: throw .unreadableMessage("a source of keys")
        }
    }
}

extension EdgeIssuer.ClaimMapping {
    init(_ mapping: ClaimMapping) {
        self.init()
        switch mapping.tenant {
        case .always(let name): always = name.value
        case .claim(let path, let names):
            claim = .with {
                $0.path = path.value
                $0.among = names.map(\.value)
            }
        }
        if let path = mapping.databasesClaim { databasesClaim = path.value }
        roleClaim = mapping.roleClaim.value
        roles = mapping.roles.map { value, role in
            .with {
                $0.value = value.value
                $0.role = role.rawValue
            }
        }
        allowsOperator = mapping.allowsOperator
    }

    func value() throws(ServiceError) -> ClaimMapping {
        var table: [ClaimText: Role] = [:]
        for entry in roles {
            guard let role = Role(rawValue: entry.role) else { throw .unreadableMessage("a role") }
            table[ClaimText(entry.value)] = role
        }
        return ClaimMapping(
            tenant: try rule(),
            databasesClaim: hasDatabasesClaim ? ClaimPath(databasesClaim) : nil,
            roleClaim: ClaimPath(roleClaim), roles: table, allowsOperator: allowsOperator)
    }

    private func rule() throws(ServiceError) -> TenantRule {
        switch tenant {
        case .always(let name): return .always(TenantName(name))
        case .claim(let claim):
            return .claim(ClaimPath(claim.path), among: claim.among.map { TenantName($0) })
        case nil: throw .unreadableMessage("a rule for tenants")
        }
    }
}

extension EdgeIssuer.Denials {
    init(_ list: DenyList) {
        self.init()
        tokenIds = list.tokenIDs.map(\.value)
        subjects = list.subjects.map { subject, before in
            .with {
                $0.subject = subject.value
                $0.issuedBeforeMilliseconds = before
            }
        }
        if let before = list.issuedBeforeMilliseconds { issuedBeforeMilliseconds = before }
    }

    var value: DenyList {
        DenyList(
            tokenIDs: Set(tokenIds.map { ClaimText($0) }),
            subjects: Dictionary(
                subjects.map { (ClaimText($0.subject), $0.issuedBeforeMilliseconds) }
            ) { max($0, $1) },
            issuedBeforeMilliseconds: hasIssuedBeforeMilliseconds ? issuedBeforeMilliseconds : nil)
    }
}
