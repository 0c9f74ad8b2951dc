import Access
import ChromaModel
import Directory
import Platform
import TestSupport

/// Records of the directory with whatever may be in them.
struct RandomRecords {
    /// Texts that fold into each other in Unicode, and the empty one.
    private static let texts = ["", "a", "é", "e\u{301}", "naïve 🜁", "\u{1}\u{7F}", "tenant-1"]
    private let random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    func token() -> TokenRecord {
        TokenRecord(
            keyID: TokenKeyID(text()), tenant: maybe { TenantID(id()) },
            tenantName: maybe { TenantName(text()) }, role: pick(Role.allCases),
            databases: maybe { list { DatabaseName(text()) } }, displayName: text(),
            createdAtMilliseconds: random.next(),
            expiresAtMilliseconds: maybe { random.next() },
            revokedAtMilliseconds: maybe { random.next() },
            restrictions: TokenRestrictions(
                actions: maybe { Set(list { pick(Action.allCases) }) },
                collections: maybe { CollectionPattern(text()) },
                addresses: list { address() }),
            succession: maybe {
                TokenSuccession(
                    replacedBy: maybe { TokenKeyID(text()) },
                    graceEndsAtMilliseconds: random.next())
            }, creator: maybe { text() }, mac: random.bytes(32),
            pepperVersion: random.below(1000))
    }

    func tenant() -> TenantRecord {
        TenantRecord(
            id: TenantID(id()), name: TenantName(text()),
            resourceName: maybe { TenantResourceName(text()) }, plan: pick(Plan.allCases),
            createdAtMilliseconds: random.next(),
            profile: TenantProfile(displayName: text(), labels: ["team": text(), "cost": text()]),
            suspension: maybe {
                TenantSuspension(atMilliseconds: random.next(), reason: text())
            },
            stop: maybe {
                TenantStop(untilMilliseconds: random.next(), reason: text())
            },
            deletion: maybe {
                TenantDeletion(
                    atMilliseconds: random.next(), purgeAtMilliseconds: maybe { random.next() })
            }, revision: Int64(random.below(1 << 40)))
    }

    func database() -> DatabaseRecord {
        DatabaseRecord(
            tenant: TenantID(id()), tenantName: TenantName(text()), id: DatabaseID(id()),
            name: DatabaseName(text()), createdAtMilliseconds: random.next(),
            revision: Int64(random.below(1 << 40)))
    }

    func issuer() -> IssuerRecord {
        IssuerRecord(
            id: IssuerID(text()), uid: id(), revision: random.next(), url: IssuerURL(text()),
            audiences: list { ClaimText(text()) },
            algorithms: list { pick(SignatureAlgorithm.allCases) },
            keySource: pick([.discovery, .url(text()), .file(text())]), mapping: mapping(),
            clockSkewSeconds: random.below(300), lifetimeSecondsMax: random.below(86_400),
            denials: DenyList(
                tokenIDs: Set(list { ClaimText(text()) }),
                subjects: [ClaimText("é"): .max, ClaimText("e\u{301}"): random.next()],
                issuedBeforeMilliseconds: maybe { random.next() }),
            createdAtMilliseconds: random.next())
    }

    func override() -> QuotaOverride {
        QuotaOverride(
            usage: pick(UsageType.allCases), limit: random.below(1 << 40),
            database: maybe { DatabaseID(id()) }, databaseName: maybe { DatabaseName(text()) },
            expiresAtMilliseconds: maybe { random.next() }, reason: text(), approvedBy: text(),
            createdAtMilliseconds: random.next())
    }

    func change() -> DirectoryChange {
        let (tenant, name) = (TenantID(id()), TenantName(text()))
        return pick([
            .tenantCreated(tenant, name), .tenantChanged(tenant, name),
            .tenantDeleted(tenant, name), .databaseCreated(tenant, DatabaseName(text())),
            .databaseDeleted(tenant, DatabaseName(text())), .tokenChanged(TokenKeyID(text())),
            .issuerChanged(IssuerURL(text())), .quotaChanged(tenant, name), .reset,
        ])
    }

    private func mapping() -> ClaimMapping {
        ClaimMapping(
            tenant: pick([
                .always(TenantName(text())),
                .claim(ClaimPath(text()), among: list { TenantName(text()) }),
            ]), databasesClaim: maybe { ClaimPath(text()) }, roleClaim: ClaimPath(text()),
            roles: [ClaimText("é"): .admin, ClaimText("e\u{301}"): pick(Role.allCases)],
            allowsOperator: random.below(2) == 0)
    }

    private func address() -> AddressRange {
        let texts = ["10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32", "0.0.0.0/0"]
        let ranges = texts.compactMap { try? AddressRange(parsing: $0) }
        return pick(ranges)
    }

    private func id() -> UniqueID { UniqueID(high: random.next(), low: random.next()) }
    private func text() -> String { pick(Self.texts) }
    private func pick<Value>(_ values: [Value]) -> Value { values[random.below(values.count)] }
    private func maybe<Value>(_ make: () -> Value) -> Value? { random.below(2) == 0 ? nil : make() }
    private func list<Value>(_ make: () -> Value) -> [Value] {
        (0..<random.below(3)).map { _ in make() }
    }
}
