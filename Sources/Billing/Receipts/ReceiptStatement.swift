import ChromaModel

/// What a receipt says, and what its signature is over.
package struct ReceiptStatement: Sendable, Hashable, Codable {
    /// 1.
    let version: Int
    /// The tenant's name.
    package let tenant: String
    package let tenantID: String
    /// "2026-11".
    package let period: String
    /// Whether the period is sealed. What comes later is in the receipts of later periods; what a
    /// provisional receipt says, on the other hand, still grows.
    package let isFinal: Bool
    /// Processes that had not reported all they knew when the period was sealed.
    package let incompleteSources: [String]
    /// When it was made, in UTC.
    package let issued: String
    package let priceBook: String
    /// SHA-256 of the price book's canonical JSON, in hex.
    package let priceBookDigest: String
    package let currency: String
    /// How many cells it is over.
    package let cells: Int
    /// Of the Merkle tree over the cells, in hex.
    package let root: String
    /// By meter.
    package let totals: [ReceiptTotal]
    /// The sum of the totals' costs.
    package let cost: String

    enum CodingKeys: String, CodingKey {
        case version, tenant, period, issued, currency, cells, root, totals, cost
        case tenantID = "tenant_id"
        case isFinal = "final"
        case incompleteSources = "incomplete_sources"
        case priceBook = "price_book"
        case priceBookDigest = "price_book_sha256"
    }
}

/// What was used of one meter in the whole period.
package struct ReceiptTotal: Sendable, Hashable, Codable {
    package let meter: String
    package let unit: String
    package let quantity: String
    /// Rounded once; "0" where the meter has no price.
    package let cost: String
}

extension ReceiptStatement {
    static let version = 1

    /// The statement that these cells make at these prices. Throws `invalidArgument` when they
    /// are not all of the tenant and of the period.
    init(
        of cells: [ReceiptCell], encoded: [[UInt8]], subject: ReceiptSubject, issued: String,
        prices: PriceBook, priceBook: String
    ) throws(ServiceError) {
        var sums: [String: (unit: String, quantity: Int128)] = [:]
        for cell in cells {
            try cell.check(subject.tenantID, subject.period)
            let (sum, overflow) = (sums[cell.meter]?.quantity ?? 0)
                .addingReportingOverflow(try cell.amount())
            guard !overflow, sums[cell.meter]?.unit ?? cell.unit == cell.unit else {
                throw .invalid("The cells of \(cell.meter) can't be added up.")
            }
            sums[cell.meter] = (cell.unit, sum)
        }
        var cost = Money.zero
        var totals: [ReceiptTotal] = []
        for (meter, sum) in sums.sorted(by: { $0.key < $1.key }) {
            let part = try prices.price(of: meter)?.cost(of: sum.quantity) ?? .zero
            cost = try cost.adding(part)
            totals.append(
                ReceiptTotal(
                    meter: meter, unit: sum.unit, quantity: "\(sum.quantity)",
                    cost: part.description))
        }
        self.init(
            version: Self.version, tenant: subject.tenant, tenantID: subject.tenantID,
            period: subject.period.description, isFinal: subject.isFinal,
            incompleteSources: subject.incompleteSources, issued: issued,
            priceBook: priceBook, priceBookDigest: try prices.digest, currency: prices.currency,
            cells: cells.count, root: Hexadecimal.text(MerkleTree(encoded).root), totals: totals,
            cost: cost.description)
    }
}

/// Whose usage of which period a receipt is about.
package struct ReceiptSubject: Sendable {
    package let tenant: String
    package let tenantID: String
    package let period: BillingPeriod
    package let isFinal: Bool
    package let incompleteSources: [String]

    package init(
        tenant: String, tenantID: String, period: BillingPeriod, isFinal: Bool,
        incompleteSources: [String]
    ) {
        self.tenant = tenant
        self.tenantID = tenantID
        self.period = period
        self.isFinal = isFinal
        self.incompleteSources = incompleteSources
    }
}
