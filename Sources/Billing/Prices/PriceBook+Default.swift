import ChromaModel

extension PriceBook {
    /// The version that every installation begins with.
    package static let publishedVersion = "chroma-cloud"

    private static let gibibyte: Int128 = 1 << 30
    private static let tebibyte: Int128 = 1 << 40
    /// Hours of a month that is priced: 365 × 24 / 12.
    private static let monthHours: Int128 = 730

    /// The prices that Chroma Cloud publishes (protocol §9.3). Storage is sampled each minute, so
    /// a GiB-month is 2^30 × 60 × 730 byte-minutes.
    package static func published() throws(ServiceError) -> PriceBook {
        try PriceBook(
            currency: "USD", title: "Chroma Cloud's published prices",
            prices: [
                price("write", "written_bytes", "Data written", "2.5", "GiB", gibibyte),
                price(
                    "storage", "stored_byte_minutes", "Data stored", "0.33", "GiB-Months",
                    gibibyte * 60 * monthHours),
                price("query", "queried_bytes", "Data queried", "0.0075", "TiB", tebibyte),
                price("return", "returned_bytes", "Data returned", "0.09", "GiB", gibibyte),
                price("fork", "forks", "Collection forks", "0.03", "Calls", 1),
            ])
    }

    private static func price(
        _ sku: String, _ meter: String, _ description: String, _ price: String, _ unit: String,
        _ size: Int128
    ) -> Price {
        Price(
            sku: sku, meter: meter, description: description, price: price, pricingUnit: unit,
            unitSize: "\(size)")
    }
}
