import ChromaModel
import NIOPosix
import Synchronization

/// Says whether a token was signed with one of some keys.
///
/// A signature costs up to half a millisecond of CPU and anyone may ask for it, so the work is
/// done on threads of its own, and so many tokens at once only.
final class SignatureVerifier: Sendable {
    /// Tokens that may wait or be verified at once: about a tenth of a second of work.
    static let tokensMax = 256

    private let threads: NIOThreadPool
    private let underway = Atomic<Int>(0)

    init(threads: NIOThreadPool = .singleton) { self.threads = threads }

    /// Throws `wrongSignature`, or `unavailable` when too many others are being verified.
    func verify(_ token: JSONWebToken, with keys: [VerificationKey]) async throws {
        defer { underway.subtract(1, ordering: .relaxed) }
        guard underway.add(1, ordering: .relaxed).newValue <= Self.tokensMax else {
            throw ServiceError(
                .unavailable, "Too many new tokens are being verified; try again in a moment.")
        }
        let verified = try await threads.runIfActive {
            keys.contains { Self.isSigned(token, by: $0) }
        }
        guard verified else { throw AuthenticationRefusal.wrongSignature }
    }

    /// The key's algorithm must be the header's, whatever chose the key.
    static func isSigned(_ token: JSONWebToken, by key: VerificationKey) -> Bool {
        guard key.algorithm == token.header.algorithm else { return false }
        guard LibJWT.knows(key.algorithm), token.header.hasPlainType else {
            return CryptoSignature.verify(token, key)
        }
        return LibJWT.verify(token, key)
    }
}
