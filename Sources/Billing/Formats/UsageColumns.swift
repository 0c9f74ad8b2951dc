import ChromaModel

/// The columns of the CSV format.
enum UsageColumns {
    static let names = [
        "id", "tenant", "tenant_id", "database", "database_id", "collection_id", "credential",
        "label", "meter", "unit", "start", "end", "period", "corrects", "final", "quantity",
        "cost", "currency",
    ]

    /// The cost of a meter without a price is empty.
    static func values(
        _ line: UsageLine, _ price: Price?, _ book: PriceBook
    ) throws(ServiceError) -> [String] {
        let cost = try price?.cost(of: line.quantity).description
        return [
            line.id, line.tenant, line.tenantID, line.database, line.databaseID,
            line.collectionID, line.credential,
            line.label, line.meter, line.unit, line.start.text, line.end.text,
            line.period.description, line.correctedPeriod?.description ?? "",
            "\(line.isFinal)", "\(line.quantity)", cost ?? "", cost == nil ? "" : book.currency,
        ]
    }
}
