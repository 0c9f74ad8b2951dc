import ChromaModel
import FoundationEssentials

extension ReceiptStatement {
    /// Stands before the statement when it is signed, so that what is signed here is signed for
    /// nothing else.
    static let signedPrefix = Array("tessera usage receipt\n".utf8)

    /// Reads a statement once its signature is found good. Throws `invalidArgument`.
    ///
    /// - Parameters:
    ///   - signature: in hex, as the key.
    ///   - trusted: the key that must have signed it; nil takes any.
    init(
        signed text: String, signature: String, by publicKey: String, trusted: String?
    ) throws(ServiceError) {
        if let trusted, !trusted.isByteEqual(to: publicKey) {
            throw .invalid("It is signed with another key, \(publicKey).")
        }
        let bytes = Array(text.utf8)
        guard let signature = Hexadecimal.bytes(signature), let key = Hexadecimal.bytes(publicKey),
            ReceiptKey.isValid(signature, of: Self.signedPrefix + bytes, by: key)
        else { throw .invalid("The signature does not fit what is signed.") }
        guard let read = try? JSONDecoder().decode(ReceiptStatement.self, from: Data(bytes)),
            read.version == Self.version, try SortedJSON.bytes(read) == bytes
        else { throw .invalid("The statement is of a version that this program can't check.") }
        self = read
    }
}
