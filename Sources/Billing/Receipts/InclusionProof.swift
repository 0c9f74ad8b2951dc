import ChromaModel
import FoundationEssentials

/// Proof that one cell is in a receipt, without the other cells: for who may see one line and not
/// the whole month.
package struct InclusionProof: Sendable, Hashable, Codable {
    /// The receipt's.
    package let statement: String
    /// The receipt's.
    package let signature: String
    /// The receipt's.
    package let publicKey: String
    /// The JSON of a `ReceiptCell`.
    package internal(set) var cell: String
    /// The cell's place among the receipt's cells.
    package internal(set) var index: Int
    /// The hashes beside the way from the cell to the root, from below, in hex.
    package internal(set) var path: [String]

    enum CodingKeys: String, CodingKey {
        case statement, signature, cell, index, path
        case publicKey = "public_key"
    }

    /// The file.
    package func encoded() throws(ServiceError) -> [UInt8] { try SortedJSON.bytes(self) }

    /// Reads a file and checks it. Throws `invalidArgument` with what is wrong.
    ///
    /// - Parameter publicKey: the key that must have signed the receipt, in hex; nil takes any.
    package static func verify(
        _ file: [UInt8], publicKey: String?
    ) throws(ServiceError) -> (statement: ReceiptStatement, cell: ReceiptCell) {
        let text = file.last == UInt8(ascii: "\n") ? Array(file.dropLast()) : file
        guard let proof = try? JSONDecoder().decode(InclusionProof.self, from: Data(text)),
            try proof.encoded() == text
        else { throw .invalid("It is no proof, or was changed since it was made.") }
        let statement = try ReceiptStatement(
            signed: proof.statement, signature: proof.signature, by: proof.publicKey,
            trusted: publicKey)
        let hashes = proof.path.compactMap(Hexadecimal.bytes)
        guard hashes.count == proof.path.count, let root = Hexadecimal.bytes(statement.root),
            MerkleTree.includes(
                Array(proof.cell.utf8), at: proof.index, of: statement.cells, proof: hashes,
                root: root)
        else { throw .invalid("The cell is not in the receipt.") }
        return (statement, try ReceiptCell(encoded: Array(proof.cell.utf8)))
    }
}

extension SignedReceipt {
    /// Proves that the line of an id is in the receipt. Throws `notFound` when it is not.
    package func proof(ofLine id: String) throws(ServiceError) -> InclusionProof {
        for (index, cell) in cells.enumerated() {
            let bytes = Array(cell.utf8)
            guard try ReceiptCell(encoded: bytes).id.isByteEqual(to: id) else { continue }
            let tree = MerkleTree(cells.map { Array($0.utf8) })
            return InclusionProof(
                statement: statement, signature: signature, publicKey: publicKey, cell: cell,
                index: index,
                path: (tree.inclusionProof(of: index) ?? []).map { Hexadecimal.text($0) })
        }
        throw ServiceError(.notFound, "No line of the receipt has the id \(id).")
    }

    /// Reads a receipt that `verify` has found to be good. Throws `invalidArgument`.
    package init(verified file: [UInt8]) throws(ServiceError) {
        do {
            self = try JSONDecoder().decode(SignedReceipt.self, from: Data(file))
        } catch {
            throw ServiceError(.invalidArgument, "It is no receipt.", cause: error)
        }
    }
}
