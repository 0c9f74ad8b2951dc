import Access
import ChromaModel
import Postgres

/// Tables `acl.issuer` and `acl.issuer_role`, with the denials of `acl.issuer_denial` in one view:
/// what is read is of one moment.
enum IssuerStore {
    private static let selection: SQL = """
        SELECT i.id, i.uid, i.rev, i.url, i.audiences, i.algorithms, i.key_source, i.key_location,
            i.tenant_claim, i.tenants, i.databases_claim, i.role_claim, i.allow_operator,
            i.clock_skew_seconds, i.lifetime_seconds_max, i.create_time,
            ARRAY(SELECT claim_value FROM acl.issuer_role r WHERE r.issuer_id = i.id
                ORDER BY claim_value) AS role_values,
            ARRAY(SELECT role FROM acl.issuer_role r WHERE r.issuer_id = i.id
                ORDER BY claim_value) AS role_names,
            ARRAY(SELECT value FROM acl.issuer_denial d
                WHERE d.issuer_id = i.id AND kind = 'token') AS denied_tokens,
            ARRAY(SELECT value FROM acl.issuer_denial d
                WHERE d.issuer_id = i.id AND kind = 'subject' ORDER BY value) AS denied_subjects,
            ARRAY(SELECT coalesce(
                    (extract(epoch FROM issued_before) * 1000)::bigint::text, 'ever')
                FROM acl.issuer_denial d
                WHERE d.issuer_id = i.id AND kind = 'subject' ORDER BY value) AS denied_times,
            (SELECT issued_before FROM acl.issuer_denial d
                WHERE d.issuer_id = i.id AND kind = 'everyone') AS denied_before
        FROM acl.issuer i
        """

    /// Throws a unique violation when the id or the URL is taken. Its denials are not stored.
    static func insert(_ issuer: IssuerRecord, in session: some PostgresSession) async throws {
        let (claim, tenants) = issuer.mapping.tenant.columns
        try await session.query(
            """
            INSERT INTO acl.issuer (id, uid, url, audiences, algorithms, key_source, key_location,
                tenant_claim, tenants, databases_claim, role_claim, allow_operator,
                clock_skew_seconds, lifetime_seconds_max, create_time)
            VALUES (\(issuer.id), \(issuer.uid), \(issuer.url), \(issuer.audiences.map(\.value)),
                \(issuer.algorithms.map(\.rawValue)), \(issuer.keySource.kind),
                \(issuer.keySource.location), \(claim), \(tenants),
                \(issuer.mapping.databasesClaim?.value), \(issuer.mapping.roleClaim),
                \(issuer.mapping.allowsOperator), \(issuer.clockSkewSeconds)::integer,
                \(issuer.lifetimeSecondsMax)::integer,
                \(.timestamp(issuer.createdAtMilliseconds)))
            """)
        try await insertRoles(issuer, in: session)
    }

    /// Sets all but id, uid, URL and time of creation. Whether it was there, as that uid.
    static func replace(_ issuer: IssuerRecord, in session: some PostgresSession) async throws
        -> Bool
    {
        let (claim, tenants) = issuer.mapping.tenant.columns
        let rows = try await session.query(
            """
            UPDATE acl.issuer SET audiences = \(issuer.audiences.map(\.value)),
                algorithms = \(issuer.algorithms.map(\.rawValue)),
                key_source = \(issuer.keySource.kind), key_location = \(issuer.keySource.location),
                tenant_claim = \(claim), tenants = \(tenants),
                databases_claim = \(issuer.mapping.databasesClaim?.value),
                role_claim = \(issuer.mapping.roleClaim),
                allow_operator = \(issuer.mapping.allowsOperator),
                clock_skew_seconds = \(issuer.clockSkewSeconds)::integer,
                lifetime_seconds_max = \(issuer.lifetimeSecondsMax)::integer
            WHERE id = \(issuer.id) AND uid = \(issuer.uid) RETURNING id
            """)
        guard !rows.isEmpty else { return false }
        try await session.query("DELETE FROM acl.issuer_role WHERE issuer_id = \(issuer.id)")
        try await insertRoles(issuer, in: session)
        return true
    }

    private static func insertRoles(_ issuer: IssuerRecord, in session: some PostgresSession)
        async throws
    {
        for (value, role) in issuer.mapping.roles {
            try await session.query(
                """
                INSERT INTO acl.issuer_role (issuer_id, claim_value, role)
                VALUES (\(issuer.id), \(value), \(role.rawValue))
                """)
        }
    }

    static func find(_ url: IssuerURL, in session: some PostgresSession) async throws
        -> IssuerRecord?
    {
        try await session.query("\(selection) WHERE i.url = \(url)").first.map(record)
    }

    static func find(_ id: IssuerID, in session: some PostgresSession) async throws
        -> IssuerRecord?
    {
        try await session.query("\(selection) WHERE i.id = \(id)").first.map(record)
    }

    /// By id.
    static func list(after: IssuerID?, limit: Int, in session: some PostgresSession) async throws
        -> [IssuerRecord]
    {
        try await session.query(
            """
            \(selection) WHERE i.id > \(after?.value ?? "") ORDER BY i.id LIMIT \(limit)
            """
        ).map(record)
    }

    /// Removes an issuer with its roles and denials. Returns its URL; nil when it wasn't there.
    static func delete(_ id: IssuerID, in session: some PostgresSession) async throws
        -> IssuerURL?
    {
        try await session.query("DELETE FROM acl.issuer WHERE id = \(id) RETURNING url")
            .first.map { IssuerURL(try $0.text("url")) }
    }

    /// Raises an issuer's revision and holds it until the transaction ends. Returns its URL; nil
    /// when it isn't there.
    static func touch(_ id: IssuerID, in session: some PostgresSession) async throws
        -> IssuerURL?
    {
        try await session.query("UPDATE acl.issuer SET url = url WHERE id = \(id) RETURNING url")
            .first.map { IssuerURL(try $0.text("url")) }
    }
}

extension IssuerStore {
    private static func record(_ row: Row) throws -> IssuerRecord {
        IssuerRecord(
            id: IssuerID(try row.text("id")), uid: try row.uuid("uid"),
            revision: UInt64(max(0, try row.int64("rev"))), url: IssuerURL(try row.text("url")),
            audiences: try row.texts("audiences").map { ClaimText($0) },
            algorithms: try row.texts("algorithms").map { try algorithm($0) },
            keySource: try keySource(row), mapping: try mapping(row),
            clockSkewSeconds: Int(try row.int64("clock_skew_seconds")),
            lifetimeSecondsMax: Int(try row.int64("lifetime_seconds_max")),
            denials: try denials(row), createdAtMilliseconds: try row.milliseconds("create_time"))
    }

    private static func algorithm(_ name: String) throws -> SignatureAlgorithm {
        guard let algorithm = SignatureAlgorithm(rawValue: name) else {
            throw RowError(column: "algorithms", problem: "has one that this release lacks")
        }
        return algorithm
    }

    private static func keySource(_ row: Row) throws -> KeySource {
        let location = try row.text("key_location")
        switch try row.text("key_source") {
        case "discovery": return .discovery
        case "url": return .url(location)
        case "file": return .file(location)
        default: throw RowError(column: "key_source", problem: "is none of this release")
        }
    }

    private static func mapping(_ row: Row) throws -> ClaimMapping {
        let tenants = try row.texts("tenants").map { TenantName($0) }
        let claim = try row.optionalText("tenant_claim").map { ClaimPath($0) }
        guard let rule = TenantRule(claim: claim, tenants: tenants) else {
            throw RowError(column: "tenants", problem: "has not one tenant, and there is no claim")
        }
        return ClaimMapping(
            tenant: rule,
            databasesClaim: try row.optionalText("databases_claim").map { ClaimPath($0) },
            roleClaim: ClaimPath(try row.text("role_claim")), roles: try roles(row),
            allowsOperator: try row.bool("allow_operator"))
    }

    private static func roles(_ row: Row) throws -> [ClaimText: Role] {
        let names = try row.texts("role_names").map { name in
            guard let role = Role(rawValue: name) else {
                throw RowError(column: "role_names", problem: "has one that this release lacks")
            }
            return role
        }
        return Dictionary(
            zip(try row.texts("role_values").map { ClaimText($0) }, names)
        ) { first, _ in first }
    }

    private static func denials(_ row: Row) throws -> DenyList {
        let times = try row.texts("denied_times").map { UInt64($0) ?? .max }
        let subjects = try row.texts("denied_subjects").map { ClaimText($0) }
        return DenyList(
            tokenIDs: Set(try row.texts("denied_tokens").map { ClaimText($0) }),
            subjects: Dictionary(zip(subjects, times)) { max($0, $1) },
            issuedBeforeMilliseconds: try row.optionalMilliseconds("denied_before"))
    }
}

extension KeySource {
    fileprivate var kind: String {
        switch self {
        case .discovery: "discovery"
        case .url: "url"
        case .file: "file"
        }
    }

    fileprivate var location: String {
        switch self {
        case .discovery: ""
        case .url(let url): url
        case .file(let name): name
        }
    }
}

extension TenantRule {
    /// nil: neither a claim nor exactly one tenant.
    fileprivate init?(claim: ClaimPath?, tenants: [TenantName]) {
        if let claim {
            self = .claim(claim, among: tenants)
        } else if tenants.count == 1 {
            self = .always(tenants[0])
        } else {
            return nil
        }
    }

    fileprivate var columns: (claim: String?, tenants: [String]) {
        switch self {
        case .always(let name): (nil, [name.value])
        case .claim(let claim, let allowed): (claim.value, allowed.map(\.value))
        }
    }
}
