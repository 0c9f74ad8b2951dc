import ChromaModel

/// What one SKU costs: so much for so many units of a meter.
package struct Price: Sendable, Hashable, Codable {
    /// For example "storage".
    package let sku: String
    /// The meter that is priced. A meter has one price in a book at most.
    package let meter: String
    /// What stands on an invoice.
    package let description: String
    /// The list price of one pricing unit: a decimal.
    package let price: String
    /// For example "GiB".
    package let pricingUnit: String
    /// How many of the meter's units are one pricing unit: a whole number.
    package let unitSize: String

    package init(
        sku: String, meter: String, description: String, price: String, pricingUnit: String,
        unitSize: String
    ) {
        self.sku = sku
        self.meter = meter
        self.description = description
        self.price = price
        self.pricingUnit = pricingUnit
        self.unitSize = unitSize
    }

    enum CodingKeys: String, CodingKey {
        case sku, meter, description, price
        case pricingUnit = "pricing_unit"
        case unitSize = "unit_size"
    }

    /// Largest unit that a price may be for.
    private static let unitSizeMax: Int128 = 1 << 60
    private static let textBytesMax = 200

    /// Throws `invalidArgument`.
    func validate() throws(ServiceError) {
        for text in [sku, meter, description, pricingUnit] {
            guard (1...Self.textBytesMax).contains(text.utf8.count),
                text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
            else {
                throw .invalid(
                    "sku, meter, description and pricing_unit have 1 to \(Self.textBytesMax)"
                        + " bytes and no control characters.")
            }
        }
        guard try amount() >= .zero else { throw .invalid("A price is not negative.") }
        _ = try size()
    }

    func amount() throws(ServiceError) -> Money { try Money(price) }

    func size() throws(ServiceError) -> Int128 {
        guard unitSize.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let size = Int128(unitSize),
            (1...Self.unitSizeMax).contains(size)
        else { throw .invalid("unit_size is a whole number from 1 to \(Self.unitSizeMax).") }
        return size
    }

    /// What a quantity of the meter costs, rounded once.
    package func cost(of quantity: Int128) throws(ServiceError) -> Money {
        Money(parts: try quantity.scaled(by: try amount().parts, over: try size()))
    }

    /// A quantity of the meter in pricing units: a decimal, rounded to 12 digits behind the point.
    package func pricingQuantity(of quantity: Int128) throws(ServiceError) -> String {
        Money.decimal(try quantity.scaled(by: Money.one, over: try size()))
    }
}
