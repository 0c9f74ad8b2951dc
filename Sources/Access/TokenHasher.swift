import Crypto
import Platform

/// Turns tokens into the keyed hashes that are stored, and compares them.
///
/// HMAC-SHA-256(pepper, key id ‖ secret): the secret has 256 random bits, so a slow password
/// hash would add cost and no safety (control plane §3.3).
package struct TokenHasher: Sendable {
    private let peppers: Peppers

    package init(peppers: Peppers) { self.peppers = peppers }

    /// The hash of a new token under the current pepper.
    package func hash(_ token: Token) -> (mac: [UInt8], pepperVersion: Int) {
        (Array(Self.code(of: token, peppers.current)), peppers.current.version)
    }

    /// Whether the token is the one that was hashed, in constant time.
    ///
    /// Without a record, or with one of a pepper that is gone, the same work is done against a
    /// hash of zeros, so that the time taken says nothing about whether the key id exists.
    func verify(_ token: Token, against record: TokenRecord?) -> Bool {
        let pepper = record.flatMap { peppers.pepper(version: $0.pepperVersion) }
        let code = Self.code(of: token, pepper ?? peppers.current)
        // The library's comparison of codes looks at every byte, whatever it finds.
        let matches = code == (record?.mac ?? Self.noMAC)
        return matches && pepper != nil
    }

    private static let noMAC = [UInt8](repeating: 0, count: SHA256.byteCount)

    private static func code(of token: Token, _ pepper: Pepper) -> HMAC<SHA256>.MAC {
        var code = pepper.keyed
        code.update(data: Array(token.keyID.value.utf8) + Array(token.secret.utf8))
        return code.finalize()
    }
}
