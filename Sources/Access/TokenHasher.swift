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
        let code = HMAC<SHA256>.authenticationCode(
            for: Self.message(token), using: peppers.current.key)
        return (Array(code), peppers.current.version)
    }

    /// Whether the token is the one that was hashed, in constant time.
    ///
    /// Without a record, or with one of a pepper that is gone, the same work is done against a
    /// hash of zeros, so that the time taken says nothing about whether the key id exists.
    func verify(_ token: Token, against record: TokenRecord?) -> Bool {
        let pepper = record.flatMap { peppers.pepper(version: $0.pepperVersion) }
        let matches = HMAC<SHA256>.isValidAuthenticationCode(
            record?.mac ?? Self.noMAC, authenticating: Self.message(token),
            using: (pepper ?? peppers.current).key)
        return matches && pepper != nil
    }

    private static let noMAC = [UInt8](repeating: 0, count: SHA256.byteCount)

    private static func message(_ token: Token) -> [UInt8] {
        Array(token.keyID.value.utf8) + Array(token.secret.utf8)
    }
}
