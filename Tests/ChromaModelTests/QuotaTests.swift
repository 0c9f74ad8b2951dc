import ChromaModel
import Testing

@Suite("Quotas of a request (protocol §8.1)")
struct QuotaTests {
    private static let limit = 5

    /// The default plan with one limit that is quick to reach.
    private func quotas(_ usage: UsageType, _ limit: Int = limit) -> EffectiveQuotas {
        EffectiveQuotas(plan: .chromaCloud, overrides: [Self.override(usage, limit)])
    }

    private static func override(
        _ usage: UsageType, _ limit: Int, database: DatabaseID? = nil, expires: UInt64? = nil
    ) -> QuotaOverride {
        QuotaOverride(
            usage: usage, limit: limit, database: database, expiresAtMilliseconds: expires,
            reason: "test", approvedBy: "test", createdAtMilliseconds: 0)
    }

    @Test(
        "each limit of a request is reached but not passed, with upstream's words",
        arguments: UsageType.allCases.filter { $0.check == .request })
    func boundary(_ usage: UsageType) throws {
        let probes = usage.probes
        try #require(!probes.isEmpty, "\(usage) is checked nowhere")
        for (action, ask) in probes {
            try ask(quotas(usage), Self.limit)
            let error = #expect(throws: ServiceError.self, "\(usage) \(action)") {
                try ask(quotas(usage), Self.limit + 1)
            }
            #expect(error?.code == .unprocessable)
            #expect(
                error?.message
                    == "Quota exceeded: '\(usage.displayName)' exceeded quota limit for action "
                    + "'\(action.rawValue)': current usage of 6 exceeds limit of 5")
        }
    }

    @Test("what is no request's is checked elsewhere, and what is not served nowhere")
    func others() {
        for usage in UsageType.allCases where usage.check != .request {
            #expect(usage.probes.isEmpty, "\(usage)")
        }
        #expect(
            UsageType.allCases.filter { $0.check == .stock }
                == [.collectionSizeRecords, .numCollections, .numDatabases, .numForks])
    }

    @Test("the refusal of 301 records is Chroma Cloud's, word for word")
    func wording() {
        let batch = RecordBatch(ids: (0...300).map { RecordID("\($0)") })
        let error = #expect(throws: ServiceError.self) {
            try EffectiveQuotas(plan: .chromaCloud).check(batch, for: .add)
        }
        #expect(
            error?.message
                == "Quota exceeded: 'Number of records' exceeded quota limit for action 'Add': "
                + "current usage of 301 exceeds limit of 300")
    }

    @Test("a list shows at most as many as the limit, asked for or not")
    func cap() throws {
        let quotas = quotas(.limitValue)
        #expect(quotas.capped(nil) == 5)
        #expect(quotas.capped(4) == 4)
        #expect(quotas.capped(6) == 5)
        #expect(try quotas.admitted(GetRequest(limit: 7)).limit == 5)
        #expect(try quotas.admitted(GetRequest()).limit == 5)
    }

    @Test("every plan bounds everything, the self-hosted one never below Chroma Cloud's")
    func plans() {
        for usage in UsageType.allCases {
            for plan in Plan.allCases {
                #expect((1...QuotaOverride.limitMax).contains(plan.limit(of: usage)))
            }
            #expect(Plan.selfHosted.limit(of: usage) >= Plan.chromaCloud.limit(of: usage))
        }
        // A get of a whole collection is never cut short.
        #expect(
            Plan.selfHosted.limit(of: .limitValue)
                >= Plan.selfHosted.limit(of: .collectionSizeRecords))
    }

    @Test("a database's override counts before its tenant's, and that before the plan's limit")
    func precedence() {
        let own = DatabaseID(UniqueID(high: 1, low: 1))
        let other = DatabaseID(UniqueID(high: 1, low: 2))
        let tenant = Self.override(.numRecords, 1000)
        let database = Self.override(.numRecords, 2000, database: own)
        for overrides in [[tenant, database], [database, tenant]] {
            let quotas = { (place: DatabaseID?) in
                EffectiveQuotas(plan: .chromaCloud, overrides: overrides, database: place)
            }
            #expect(quotas(own)[.numRecords] == 2000)
            #expect(quotas(own).source(of: .numRecords) == .databaseOverride)
            #expect(quotas(other)[.numRecords] == 1000)
            #expect(quotas(nil)[.numRecords] == 1000)
            #expect(quotas(nil).source(of: .numRecords) == .tenantOverride)
            #expect(quotas(own)[.numResults] == 300)
            #expect(quotas(own).source(of: .numResults) == .plan)
        }
    }

    @Test("an override counts until the moment it expires, and then the next one does")
    func expiry() {
        let database = DatabaseID(UniqueID(high: 1, low: 1))
        let overrides = [
            Self.override(.numRecords, 7, database: database, expires: 100),
            Self.override(.numRecords, 6, expires: 200),
        ]
        let limits = [99, 100, 199, 200].map { (now: UInt64) in
            EffectiveQuotas(
                plan: .chromaCloud, overrides: overrides, database: database,
                atMilliseconds: now)[.numRecords]
        }
        #expect(limits == [7, 6, 6, 300])
    }

    @Test("an override that can't be is refused")
    func validation() throws {
        let database = DatabaseID(UniqueID(high: 1, low: 1))
        try Self.override(.numCollections, 0).validate(atMilliseconds: 0)
        let wrong = [
            Self.override(.numRecords, -1), Self.override(.numRecords, .max),
            Self.override(.numCollections, 1, database: database),
            Self.override(.numDatabases, 1, database: database),
            Self.override(.numRecords, 1, expires: 10),
            QuotaOverride(
                usage: .numRecords, limit: 1, reason: "", approvedBy: "test",
                createdAtMilliseconds: 0),
        ]
        for override in wrong {
            #expect(throws: ServiceError.self) { try override.validate(atMilliseconds: 10) }
        }
        #expect(throws: ServiceError.self) { try UsageType.named("num_record") }
        #expect(throws: ServiceError.self) { try Plan.named("free") }
    }
}
