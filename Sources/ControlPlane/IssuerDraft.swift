import Access
import ChromaModel

/// What a new issuer is asked to be.
package struct IssuerDraft: Sendable {
    /// Most audiences of an issuer.
    package static let audiencesMax = 20
    /// Most values of the role claim that are mapped.
    package static let rolesMax = 200
    /// Most tenants that an issuer's claim can be restricted to.
    package static let tenantsMax = 1000
    /// Longest text of an issuer, in bytes.
    package static let textBytesMax = 512

    package var id: IssuerID
    package var url: IssuerURL
    package var audiences: [ClaimText]
    package var algorithms: [SignatureAlgorithm]
    package var keySource: KeySource
    package var mapping: ClaimMapping
    package var clockSkewSeconds: Int
    package var lifetimeSecondsMax: Int

    package init(
        id: IssuerID, url: IssuerURL, audiences: [ClaimText],
        algorithms: [SignatureAlgorithm] = IssuerRecord.algorithmsDefault, keySource: KeySource,
        mapping: ClaimMapping, clockSkewSeconds: Int = IssuerRecord.clockSkewSecondsDefault,
        lifetimeSecondsMax: Int = IssuerRecord.lifetimeSecondsMaxDefault
    ) {
        self.id = id
        self.url = url
        self.audiences = audiences
        self.algorithms = algorithms
        self.keySource = keySource
        self.mapping = mapping
        self.clockSkewSeconds = clockSkewSeconds
        self.lifetimeSecondsMax = lifetimeSecondsMax
    }

    func record(uid: UniqueID, atMilliseconds now: UInt64) -> IssuerRecord {
        IssuerRecord(
            id: id, uid: uid, revision: 1, url: url, audiences: audiences,
            algorithms: algorithms, keySource: keySource, mapping: mapping,
            clockSkewSeconds: clockSkewSeconds, lifetimeSecondsMax: lifetimeSecondsMax,
            createdAtMilliseconds: now)
    }
}

extension IssuerDraft {
    /// Throws `invalidArgument` for what no issuer can be, saying what is wrong.
    func validate(allowsInsecureURLs: Bool) throws {
        try ResourceName.validate(id)
        try checkText(url.value, "url")
        try checkCount(audiences.count, 1...Self.audiencesMax, "audiences")
        for audience in audiences { try checkText(audience.value, "audiences") }
        try checkKeys(allowsInsecureURLs: allowsInsecureURLs)
        try checkMapping()
        try checkRange(clockSkewSeconds, IssuerRecord.clockSkewSecondsRange, "clock_skew_seconds")
        try checkRange(
            lifetimeSecondsMax, IssuerRecord.lifetimeSecondsMaxRange, "lifetime_seconds_max")
    }

    private func checkKeys(allowsInsecureURLs: Bool) throws {
        guard !algorithms.isEmpty, Set(algorithms).count == algorithms.count else {
            throw ServiceError.invalid("algorithms names each algorithm once, one at least.")
        }
        switch keySource {
        case .discovery:
            try RemoteDocument.check(url.value, allowsInsecureURLs: allowsInsecureURLs)
        case .url(let url): try RemoteDocument.check(url, allowsInsecureURLs: allowsInsecureURLs)
        case .file(let name):
            guard KeySource.isFileName(name) else {
                throw ServiceError.invalid(
                    "keys_file is the name of a file in the server's directory of keys: letters,"
                        + " digits, dots, hyphens and underscores.")
            }
            return
        }
        guard !algorithms.contains(where: \.isSymmetric) else {
            throw ServiceError.invalid(
                "HS256, HS384 and HS512 need a secret, and those are taken from keys_file only.")
        }
    }

    private func checkMapping() throws {
        switch mapping.tenant {
        case .always(let name): try ResourceName.validate(name)
        case .claim(let claim, let allowed):
            try checkText(claim.value, "tenant_claim")
            try checkCount(allowed.count, 0...Self.tenantsMax, "tenants")
            for name in allowed { try ResourceName.validate(name) }
        }
        if let claim = mapping.databasesClaim { try checkText(claim.value, "databases_claim") }
        try checkText(mapping.roleClaim.value, "role_claim")
        try checkCount(mapping.roles.count, 1...Self.rolesMax, "roles")
        for value in mapping.roles.keys { try checkText(value.value, "roles") }
        guard mapping.allowsOperator || !mapping.roles.values.contains(.operator) else {
            throw ServiceError.invalid(
                "A value is mapped to operator only with allow_operator: its bearers run the"
                    + " installation.")
        }
    }

    /// What is printable and can be stored.
    private func checkText(_ text: String, _ field: String) throws {
        guard (1...Self.textBytesMax).contains(text.utf8.count),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) || isLoose(field, text)
        else {
            throw ServiceError.invalid(
                "\(field) takes texts of 1 to \(Self.textBytesMax) bytes without control characters"
                    + ", and url none with spaces.")
        }
    }

    /// Groups may have spaces in their names.
    private func isLoose(_ field: String, _ text: String) -> Bool {
        field != "url" && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    private func checkCount(_ count: Int, _ range: ClosedRange<Int>, _ field: String) throws {
        guard range.contains(count) else {
            throw ServiceError.invalid(
                "\(field) takes \(range.lowerBound) to \(range.upperBound) of them.")
        }
    }

    private func checkRange(_ number: Int, _ range: ClosedRange<Int>, _ field: String) throws {
        guard range.contains(number) else {
            throw ServiceError.invalid(
                "\(field) is \(range.lowerBound) to \(range.upperBound).")
        }
    }
}
