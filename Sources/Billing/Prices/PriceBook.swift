import ChromaModel
import Crypto
import FoundationEssentials

/// Prices that were in force together. A book never changes: other prices are another version.
package struct PriceBook: Sendable, Hashable, Codable {
    /// The currency as ISO 4217 says it: "USD".
    package let currency: String
    /// What the book is, for people.
    package let title: String
    /// By SKU.
    package let prices: [Price]

    private static let pricesMax = 100
    /// The most bytes of a book's text.
    package static let textBytesMax = 64 << 10

    /// Throws `invalidArgument` for what is no book.
    package init(currency: String, title: String, prices: [Price]) throws(ServiceError) {
        self.currency = currency
        self.title = title
        self.prices = prices.sorted { $0.sku.utf8.lexicographicallyPrecedes($1.sku.utf8) }
        try validate()
    }

    /// Reads a book's JSON. Throws `invalidArgument` with what is wrong.
    package init(json: [UInt8]) throws(ServiceError) {
        guard json.count <= Self.textBytesMax else {
            throw .invalid("A price book has at most \(Self.textBytesMax) bytes.")
        }
        let read: PriceBook
        do {
            read = try JSONDecoder().decode(PriceBook.self, from: Data(json))
        } catch {
            throw ServiceError(
                .invalidArgument,
                """
                It is no price book: {"currency", "title", "prices": [{"sku", "meter", \
                "description", "price", "pricing_unit", "unit_size"}]}, all of them text.
                """, cause: error)
        }
        try self.init(currency: read.currency, title: read.title, prices: read.prices)
    }

    private func validate() throws(ServiceError) {
        guard currency.utf8.count == 3, currency.utf8.allSatisfy({ (0x41...0x5A).contains($0) })
        else { throw .invalid("The currency is three capital letters, such as USD.") }
        guard title.utf8.count <= 200, (1...Self.pricesMax).contains(prices.count) else {
            throw .invalid(
                "A book has 1 to \(Self.pricesMax) prices and a title of at most 200 bytes.")
        }
        for price in prices { try price.validate() }
        guard Set(prices.map(\.sku)).count == prices.count,
            Set(prices.map(\.meter)).count == prices.count
        else { throw .invalid("Two prices have the same sku or the same meter.") }
    }

    /// The one text that stands for the book: sorted, without spaces.
    package var canonicalJSON: [UInt8] {
        get throws(ServiceError) { try SortedJSON.bytes(self) }
    }

    /// SHA-256 of the canonical text, in hex.
    package var digest: String {
        get throws(ServiceError) { Hexadecimal.text(SHA256.hash(data: try canonicalJSON)) }
    }

    /// nil when the meter costs nothing.
    package func price(of meter: String) -> Price? {
        prices.first { $0.meter.isByteEqual(to: meter) }
    }
}
