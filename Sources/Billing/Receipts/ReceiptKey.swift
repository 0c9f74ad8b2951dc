import ChromaModel
import Crypto
import FoundationEssentials
import Platform

/// The Ed25519 key that an installation signs its receipts with.
package struct ReceiptKey: Sendable {
    private let seed: [UInt8]
    /// In hex; whoever checks receipts compares it with what the operator published.
    package let publicKey: String

    /// Throws `internalError` unless it is the 32 bytes of a key.
    init(seed: [UInt8]) throws(ServiceError) {
        self.seed = seed
        publicKey = Hexadecimal.text(try Self.key(seed).publicKey.rawRepresentation)
    }

    /// Reads the key from a file, or makes it when there is none yet (mode 0600).
    /// Throws `internalError` when the file can't be read, written or understood.
    package init(
        file path: String, fileSystem: any FileSystem, random: any RandomSource
    ) throws(ServiceError) {
        do {
            if try !fileSystem.exists(path) {
                let text = Hexadecimal.text(random.bytes(32)) + "\n"
                try fileSystem.writeAtomically(Array(text.utf8), to: path)
            }
            let text = String(decoding: try fileSystem.readAll(path).dropLast(), as: UTF8.self)
            try self.init(seed: Hexadecimal.bytes(text) ?? [])
        } catch {
            throw ServiceError(
                .internalError,
                "The receipts' key \(path) can't be used; restore it from a backup, or move it"
                    + " away to begin with a new one.", cause: error)
        }
    }

    func signature(of bytes: [UInt8]) throws(ServiceError) -> [UInt8] {
        do {
            return Array(try Self.key(seed).signature(for: bytes))
        } catch {
            throw ServiceError(.internalError, "The receipt can't be signed.", cause: error)
        }
    }

    /// A secret of its own for each purpose, 64 hexadecimal digits.
    package func derived(_ purpose: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array(purpose.utf8), using: SymmetricKey(data: seed))
        return Hexadecimal.text(code)
    }

    static func isValid(_ signature: [UInt8], of bytes: [UInt8], by publicKey: [UInt8]) -> Bool {
        let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey)
        return key?.isValidSignature(signature, for: bytes) ?? false
    }

    private static func key(_ seed: [UInt8]) throws(ServiceError) -> Curve25519.Signing.PrivateKey {
        do {
            return try Curve25519.Signing.PrivateKey(rawRepresentation: seed)
        } catch {
            throw ServiceError(.internalError, "A receipts' key is 32 bytes.", cause: error)
        }
    }
}
