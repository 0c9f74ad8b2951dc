import ChromaModel
import FoundationEssentials

/// One leaf of a receipt: what was used of one meter in one window.
package struct ReceiptCell: Sendable, Hashable, Codable {
    package let id: String
    package let tenantID: String
    package let databaseID: String
    package let collectionID: String
    package let credential: String
    package let meter: String
    package let unit: String
    package let start: String
    package let end: String
    package let period: String
    /// "2026-10"; empty for ordinary usage.
    package let corrects: String
    package let quantity: String

    enum CodingKeys: String, CodingKey {
        case id, credential, meter, unit, start, end, period, corrects, quantity
        case tenantID = "tenant_id"
        case databaseID = "database_id"
        case collectionID = "collection_id"
    }

    package init(_ line: UsageLine) {
        id = line.id
        tenantID = line.tenantID
        databaseID = line.databaseID
        collectionID = line.collectionID
        credential = line.credential
        meter = line.meter
        unit = line.unit
        start = line.start.text
        end = line.end.text
        period = line.period.description
        corrects = line.correctedPeriod?.description ?? ""
        quantity = "\(line.quantity)"
    }

    /// Throws `invalidArgument` for text that is no cell, or not the one way to write it.
    init(encoded: [UInt8]) throws(ServiceError) {
        guard let cell = try? JSONDecoder().decode(ReceiptCell.self, from: Data(encoded)),
            try cell.encoded() == encoded
        else { throw .invalid("A cell of the receipt is damaged.") }
        self = cell
    }

    package func encoded() throws(ServiceError) -> [UInt8] { try SortedJSON.bytes(self) }

    func amount() throws(ServiceError) -> Int128 {
        guard let amount = Int128(quantity), "\(amount)".isByteEqual(to: quantity) else {
            throw .invalid("A cell's quantity is no number.")
        }
        return amount
    }

    func check(_ tenantID: String, _ period: BillingPeriod) throws(ServiceError) {
        let start = UTCTime(milliseconds: period.startMilliseconds).text
        let end = UTCTime(milliseconds: period.endMilliseconds).text
        // Times of one form are in the order of their texts.
        guard self.tenantID.isByteEqual(to: tenantID), self.period == period.description,
            !corrects.isEmpty || (self.start >= start && self.end <= end)
        else { throw .invalid("A cell is of another tenant or another period.") }
    }
}
