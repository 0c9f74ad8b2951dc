import ChromaModel
import Crypto
import FoundationEssentials

/// A receipt with everything that is needed to check it offline.
///
/// The signature is over the statement, the statement has the Merkle root of the cells and the
/// digest of the price book: no byte of the file can change unnoticed.
package struct SignedReceipt: Sendable, Hashable, Codable {
    /// The statement's JSON, the very bytes that were signed.
    package let statement: String
    /// Ed25519 over `ReceiptStatement.signedPrefix` and the statement, in hex.
    package let signature: String
    /// The installation's key, in hex.
    package let publicKey: String
    /// The price book's canonical JSON.
    package let prices: String
    /// Each the JSON of a `ReceiptCell`, in the order of their bytes.
    package internal(set) var cells: [String]

    enum CodingKeys: String, CodingKey {
        case statement, signature, prices, cells
        case publicKey = "public_key"
    }

    /// Makes and signs a receipt. Throws `invalidArgument` when a line is not of the tenant or
    /// the period.
    package init(
        of lines: [UsageLine], subject: ReceiptSubject, issuedMilliseconds: UInt64,
        prices: PriceBook, priceBook: String, key: ReceiptKey
    ) throws(ServiceError) {
        var cells: [(cell: ReceiptCell, encoded: [UInt8])] = []
        for line in lines {
            let cell = ReceiptCell(line)
            cells.append((cell, try cell.encoded()))
        }
        cells.sort { $0.encoded.lexicographicallyPrecedes($1.encoded) }
        let statement = try ReceiptStatement(
            of: cells.map(\.cell), encoded: cells.map(\.encoded), subject: subject,
            issued: UTCTime(milliseconds: issuedMilliseconds).text, prices: prices,
            priceBook: priceBook)
        let bytes = try SortedJSON.bytes(statement)
        self.statement = String(decoding: bytes, as: UTF8.self)
        signature = Hexadecimal.text(try key.signature(of: ReceiptStatement.signedPrefix + bytes))
        publicKey = key.publicKey
        self.prices = String(decoding: try prices.canonicalJSON, as: UTF8.self)
        self.cells = cells.map { String(decoding: $0.encoded, as: UTF8.self) }
    }

    /// The file.
    package func encoded() throws(ServiceError) -> [UInt8] { try SortedJSON.bytes(self) }

    /// Reads a file and checks all of it. Throws `invalidArgument` with what is wrong.
    ///
    /// - Parameter publicKey: the key that must have signed it, in hex; nil takes any, which
    ///   proves only that nothing was changed since whoever has that key signed it.
    package static func verify(
        _ file: [UInt8], publicKey: String?
    ) throws(ServiceError) -> ReceiptStatement {
        let text = file.last == UInt8(ascii: "\n") ? Array(file.dropLast()) : file
        guard let receipt = try? JSONDecoder().decode(SignedReceipt.self, from: Data(text)),
            try receipt.encoded() == text
        else { throw .invalid("It is no receipt, or was changed since it was issued.") }
        return try receipt.verified(publicKey)
    }

    private func verified(_ trusted: String?) throws(ServiceError) -> ReceiptStatement {
        let signed = try ReceiptStatement(
            signed: statement, signature: signature, by: publicKey, trusted: trusted)
        let again = try ReceiptStatement(
            of: try readCells(), encoded: cells.map { Array($0.utf8) },
            subject: ReceiptSubject(
                tenant: signed.tenant, tenantID: signed.tenantID,
                period: BillingPeriod(signed.period), isFinal: signed.isFinal,
                incompleteSources: signed.incompleteSources), issued: signed.issued,
            prices: PriceBook(json: Array(prices.utf8)), priceBook: signed.priceBook)
        guard again == signed else {
            throw .invalid("Cells or prices are not those that the statement was made of.")
        }
        return signed
    }

    private func readCells() throws(ServiceError) -> [ReceiptCell] {
        var result: [ReceiptCell] = []
        for cell in cells { result.append(try ReceiptCell(encoded: Array(cell.utf8))) }
        return result
    }
}
