import Access
import Billing
import ChromaModel
import Platform
import Postgres

extension ControlPlane {
    /// The most cells in a receipt: days × collections × credentials × meters.
    private static let receiptCellsMax = 200_000

    /// The receipt of a tenant's month, signed.
    ///
    /// Of a sealed month it is made once and stays the same. Of any other it is provisional: what
    /// was reported up to now, at the prices in force now.
    package func usageReceipt(of period: BillingPeriod, in scope: TenantScope, key: ReceiptKey)
        async throws -> [UInt8]
    {
        let seal = try await translatingErrors {
            try await ReceiptStore.seal(of: period, in: pool)
        }
        guard seal.isSealed else {
            return try await receipt(of: period, in: scope, seal, key).encoded()
        }
        if let kept = try await keptReceipt(of: period, in: scope) { return kept }
        let document = try await receipt(of: period, in: scope, seal, key).encoded()
        try await translatingErrors {
            try await ReceiptStore.insert(
                document, of: scope.tenant, period, atMilliseconds: time.unixMilliseconds(),
                in: pool)
        }
        // Somebody else may have been faster.
        return try await keptReceipt(of: period, in: scope) ?? document
    }

    /// One page of the months that have a receipt, newest first.
    package func listReceipts(in scope: TenantScope, page: PageRequest) async throws
        -> Page<ReceiptRecord>
    {
        let list = PageToken.List.receipts(of: scope.tenant)
        let before = try PageToken.position(in: page, of: list).map { try BillingPeriod($0) }
        let records = try await translatingErrors {
            try await ReceiptStore.list(
                of: scope.tenant, before: before, limit: page.size + 1, in: pool)
        }
        return .cut(records, page, of: list) { $0.period.description }
    }

    private func keptReceipt(of period: BillingPeriod, in scope: TenantScope) async throws
        -> [UInt8]?
    {
        try await translatingErrors {
            try await ReceiptStore.find(scope.tenant, period, in: pool)
        }
    }

    private func receipt(
        of period: BillingPeriod, in scope: TenantScope, _ seal: ReceiptStore.Seal,
        _ key: ReceiptKey
    ) async throws -> SignedReceipt {
        var lines: [UsageLine] = []
        let selection = UsageSelection(
            billedIn: period, tenant: scope.tenant, window: .day, grouping: .everything)
        try await eachUsageLine(selection, includesOpen: true) { batch in
            lines += batch
            guard lines.count <= Self.receiptCellsMax else {
                throw ServiceError(
                    .failedPrecondition,
                    "The month has more than \(Self.receiptCellsMax) cells, too many for a"
                        + " receipt; export it instead.")
            }
        }
        let prices = try await priceBook()
        return try SignedReceipt(
            of: lines,
            subject: ReceiptSubject(
                tenant: scope.tenantName.value, tenantID: "\(scope.tenant)", period: period,
                isFinal: seal.isSealed, incompleteSources: seal.incompleteSources),
            issuedMilliseconds: time.unixMilliseconds(), prices: prices.book,
            priceBook: prices.version, key: key)
    }
}
