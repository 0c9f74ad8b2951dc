import Access
import ChromaModel
import ControlPlane
import SwiftProtobuf
import TesseraRPC

extension IssuerDraft {
    /// Reads the fields; whether they make sense together, the control plane says.
    ///
    /// - Throws: `invalidArgument`, saying what the field may be.
    init(id: IssuerID, _ issuer: AdminIssuer) throws(ServiceError) {
        self.init(
            id: id, url: IssuerURL(issuer.url),
            audiences: issuer.audiences.map { ClaimText($0) },
            algorithms: try Self.algorithms(issuer.algorithms),
            keySource: try Self.keySource(issuer), mapping: try Self.mapping(issuer),
            clockSkewSeconds: issuer.hasClockSkewSeconds
                ? Int(issuer.clockSkewSeconds) : IssuerRecord.clockSkewSecondsDefault,
            lifetimeSecondsMax: issuer.hasLifetimeSecondsMax
                ? Int(issuer.lifetimeSecondsMax) : IssuerRecord.lifetimeSecondsMaxDefault)
    }

    private static func algorithms(_ names: [String]) throws(ServiceError)
        -> [SignatureAlgorithm]
    {
        guard !names.isEmpty else { return IssuerRecord.algorithmsDefault }
        let algorithms = names.compactMap { SignatureAlgorithm(rawValue: $0) }
        guard algorithms.count == names.count else {
            let known = SignatureAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("algorithms may be \(known).")
        }
        return algorithms
    }

    private static func keySource(_ issuer: AdminIssuer) throws(ServiceError) -> KeySource {
        switch (issuer.keysURL.isEmpty, issuer.keysFile.isEmpty) {
        case (true, true): return .discovery
        case (false, true): return .url(issuer.keysURL)
        case (true, false): return .file(issuer.keysFile)
        case (false, false):
            throw .invalid("keys_url and keys_file exclude each other.")
        }
    }

    private static func mapping(_ issuer: AdminIssuer) throws(ServiceError) -> ClaimMapping {
        ClaimMapping(
            tenant: try tenantRule(issuer),
            databasesClaim: issuer.databasesClaim.isEmpty ? nil : ClaimPath(issuer.databasesClaim),
            roleClaim: claim(issuer.roleClaim, default: ClaimMapping.roleClaimDefault),
            roles: try roles(issuer.roles), allowsOperator: issuer.allowOperator)
    }

    private static func tenantRule(_ issuer: AdminIssuer) throws(ServiceError) -> TenantRule {
        let allowed = issuer.tenants.map { TenantName($0) }
        guard !issuer.tenant.isEmpty else {
            return .claim(
                claim(issuer.tenantClaim, default: ClaimMapping.tenantClaimDefault),
                among: allowed)
        }
        guard issuer.tenantClaim.isEmpty, allowed.isEmpty else {
            throw .invalid("tenant excludes tenant_claim and tenants.")
        }
        return .always(TenantName(issuer.tenant))
    }

    private static func roles(_ mappings: [AdminRoleMapping]) throws(ServiceError)
        -> [ClaimText: Role]
    {
        var roles: [ClaimText: Role] = [:]
        for mapping in mappings {
            guard let role = Role(rawValue: mapping.role), role != .custom,
                roles.updateValue(role, forKey: ClaimText(mapping.value)) == nil
            else {
                throw .invalid(
                    "roles maps each value once, to admin, writer, reader or operator.")
            }
        }
        return roles
    }

    private static func claim(_ text: String, default name: String) -> ClaimPath {
        ClaimPath(text.isEmpty ? name : text)
    }
}

extension DenialRule {
    /// - Throws: `invalidArgument` when the fields contradict each other.
    init(_ denial: AdminDenial) throws(ServiceError) {
        let before = denial.hasIssueTimeBefore ? denial.issueTimeBefore.unixMilliseconds : nil
        guard denial.hasIssueTimeBefore == (before != nil) else {
            throw .invalid("issue_time_before must be between the years 1970 and 9999.")
        }
        switch (denial.tokenID.isEmpty, denial.subject.isEmpty, before) {
        case (false, true, nil): self = .token(ClaimText(denial.tokenID))
        case (true, false, _):
            self = .subject(ClaimText(denial.subject), issuedBeforeMilliseconds: before)
        case (true, true, let before?): self = .everyone(issuedBeforeMilliseconds: before)
        default:
            throw .invalid(
                "A denial has a token_id alone, a subject, or issue_time_before for everyone.")
        }
    }
}
