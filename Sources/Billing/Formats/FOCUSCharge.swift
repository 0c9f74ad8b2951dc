import ChromaModel

/// A row of FOCUS 1.2, the FinOps Open Cost and Usage Specification: what a line of usage costs.
///
/// The tenant is the billing account, the database its sub account, the collection the resource.
/// Columns without a value are null, which in CSV is an empty field.
struct FOCUSCharge {
    let line: UsageLine
    let price: Price
    let currency: String
    /// The price book's.
    let version: String

    static let columns = [
        "BilledCost", "BillingAccountId", "BillingAccountName", "BillingAccountType",
        "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory",
        "ChargeClass", "ChargeDescription", "ChargeFrequency", "ChargePeriodEnd",
        "ChargePeriodStart", "ConsumedQuantity", "ConsumedUnit", "ContractedCost",
        "ContractedUnitPrice", "EffectiveCost", "InvoiceIssuerName", "ListCost", "ListUnitPrice",
        "PricingCategory", "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName",
        "ResourceId", "ResourceType", "ServiceCategory", "ServiceName", "SkuId", "SkuMeter",
        "SkuPriceId", "SubAccountId", "SubAccountName", "SubAccountType", "Tags", "x_Id",
    ]

    private static let provider = "Tessera"

    /// In the order of the columns.
    var values: [String] {
        get throws(ServiceError) {
            // Nothing is discounted, committed to or amortised: all four costs are the same.
            let cost = try price.cost(of: line.quantity).description
            let unitPrice = try price.amount().description
            return [
                cost, line.tenantID, line.tenant, "Tenant",
                currency, UTCTime(milliseconds: line.period.endMilliseconds).text,
                UTCTime(milliseconds: line.period.startMilliseconds).text, "Usage",
                isCorrection ? "Correction" : "", description, "Usage-Based",
                line.end.text,
                line.start.text, consumed, consumedUnit, cost,
                unitPrice, cost, Self.provider, cost, unitPrice,
                "Standard", try price.pricingQuantity(of: line.quantity), price.pricingUnit,
                Self.provider, Self.provider,
                line.collectionID, line.collectionID.isEmpty ? "" : "Collection", "Databases",
                "Tessera Vector Database", price.sku, line.meter,
                "\(version)/\(price.sku)", line.databaseID, line.database,
                line.databaseID.isEmpty ? "" : "Database", try tags, line.id,
            ]
        }
    }

    private var description: String {
        guard let corrected = line.correctedPeriod else { return price.description }
        return "\(price.description), correction of \(corrected)"
    }

    /// Of an earlier period, or less than was said before: FOCUS has nothing else below zero.
    private var isCorrection: Bool { line.isCorrection || line.quantity < 0 }

    /// FOCUS keeps consumed quantities for charges that are no correction.
    private var consumed: String { isCorrection ? "" : "\(line.quantity)" }
    private var consumedUnit: String {
        guard !isCorrection else { return "" }
        switch line.unit {
        case "By": return "Bytes"
        case "By.min": return "Byte-Minutes"
        default: return "Count"
        }
    }

    private var tags: String {
        get throws(ServiceError) {
            var tags: [String: String] = [:]
            if !line.credential.isEmpty { tags["credential"] = line.credential }
            if !line.label.isEmpty { tags["label"] = line.label }
            return String(decoding: try SortedJSON.bytes(tags), as: UTF8.self)
        }
    }
}
