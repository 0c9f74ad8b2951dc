import ChromaModel
import Crypto
import Synchronization

/// Tokens whose signatures were good, by their digest, so that a token costs a signature once.
///
/// An entry counts only while its issuer and the issuer's keys are the ones it was verified by:
/// a change or a denial raises the issuer's revision, which ends all of its entries at once.
final class VerifiedTokenCache: Sendable {
    /// Tokens kept at most.
    static let countMax = 50_000

    struct Entry: Sendable {
        let identity: MappedIdentity
        let credential: CredentialID
        let issuer: IssuerURL
        let issuerUID: UniqueID
        let issuerRevision: UInt64
        let keyGeneration: UInt64
        let expiresAtMilliseconds: UInt64
    }

    private let entries = Mutex(BoundedCache<SHA256Digest, Entry>(countMax: countMax))

    func find(_ digest: SHA256Digest) -> Entry? { entries.withLock { $0.find(digest) } }

    func insert(_ entry: Entry, for digest: SHA256Digest) {
        entries.withLock { $0.insert(entry, for: digest) }
    }

    func remove(_ digest: SHA256Digest) { entries.withLock { $0.remove(digest) } }
}
