import ChromaModel

/// Writes lines of usage in one format, a part at a time: what is before them, the lines, what is
/// behind them.
package struct UsageWriter: Sendable {
    package let format: UsageFormat
    private let version: String
    private let prices: PriceBook
    private let source: String
    private var count = 0

    /// - Parameters:
    ///   - prices: what costs are derived from, with the version it is known by.
    ///   - source: the installation, as CloudEvents name the origin of an event: a URI reference.
    package init(_ format: UsageFormat, prices: PriceBook, version: String, source: String) {
        self.format = format
        self.prices = prices
        self.version = version
        self.source = source
    }

    package var head: [UInt8] {
        switch format {
        case .csv: Array(CSVLine.text(UsageColumns.names).utf8)
        case .focus: Array(CSVLine.text(FOCUSCharge.columns).utf8)
        case .jsonLines: []
        case .cloudEvents: [UInt8(ascii: "[")]
        }
    }

    package var tail: [UInt8] { format == .cloudEvents ? Array("\n]\n".utf8) : [] }

    /// Throws `invalidArgument` when a cost can't be counted.
    package mutating func bytes(of line: UsageLine) throws(ServiceError) -> [UInt8] {
        let price = prices.price(of: line.meter)
        switch format {
        case .csv:
            return Array(CSVLine.text(try UsageColumns.values(line, price, prices)).utf8)
        case .focus:
            guard let price else { return [] }
            let charge = FOCUSCharge(
                line: line, price: price, currency: prices.currency, version: version)
            return Array(CSVLine.text(try charge.values).utf8)
        case .jsonLines:
            return try SortedJSON.bytes(UsageObject(line)) + [UInt8(ascii: "\n")]
        case .cloudEvents:
            count += 1
            let separator = count == 1 ? "\n" : ",\n"
            return try Array(separator.utf8) + SortedJSON.bytes(UsageEvent(line, source: source))
        }
    }
}
