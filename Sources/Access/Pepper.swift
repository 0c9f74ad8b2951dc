import ChromaModel
import Crypto
import Platform

/// A secret of the installation that keys the hashes of tokens: a stolen or even a writable
/// token table mints nothing without it.
package struct Pepper: Sendable {
    /// Bytes of key; as long as the hash, which is all HMAC-SHA-256 can use.
    package static let keyBytes = 32

    package let version: Int
    private let key: SymmetricKey
    /// A code that has taken in the key and nothing else: copied for each token, since to begin
    /// with the key costs more than what follows.
    let keyed: HMAC<SHA256>

    /// A secret: it goes to nodes over mutual TLS and nowhere else.
    package var keyBytes: [UInt8] { key.withUnsafeBytes { Array($0) } }

    /// Throws `invalidArgument` unless the version is positive and the key is 32 bytes.
    package init(version: Int, key: [UInt8]) throws {
        guard version > 0, key.count == Self.keyBytes else {
            throw ServiceError.invalid(
                "A pepper needs a version of 1 or more and \(Self.keyBytes) bytes of key.")
        }
        self.version = version
        self.key = SymmetricKey(data: key)
        keyed = HMAC(key: self.key)
    }
}

/// Every pepper the installation knows: new tokens use the newest, old tokens their own.
package struct Peppers: Sendable {
    package let current: Pepper
    private let byVersion: [Int: Pepper]

    /// Throws `invalidArgument` when there is none or a version appears twice.
    package init(_ peppers: [Pepper]) throws {
        guard let newest = peppers.max(by: { $0.version < $1.version }) else {
            throw ServiceError.invalid("There is no pepper: give at least one version.")
        }
        byVersion = Dictionary(peppers.map { ($0.version, $0) }) { first, _ in first }
        guard byVersion.count == peppers.count else {
            throw ServiceError.invalid("Two peppers have the same version.")
        }
        current = newest
    }

    /// In the order of their versions; for the nodes that verify tokens.
    package var all: [Pepper] { byVersion.values.sorted { $0.version < $1.version } }

    func pepper(version: Int) -> Pepper? { byVersion[version] }
}
