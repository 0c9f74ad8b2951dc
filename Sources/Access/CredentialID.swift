import ChromaModel
import Crypto

/// Which credential was presented, by a name that may be logged and shown.
package enum CredentialID: Sendable, Hashable, CustomStringConvertible {
    /// A bearer token, by its public part.
    case token(TokenKeyID)
    /// An identity provider's JSON Web Token, by the issuer and a digest of its subject.
    case jsonWebToken(issuer: IssuerID, subject: SubjectDigest)

    /// The key id alone, or `issuer/digest`.
    package var description: String {
        switch self {
        case .token(let keyID): keyID.value
        case .jsonWebToken(let issuer, let subject): "\(issuer)/\(subject)"
        }
    }
}

/// The name an operator gave an issuer: the last part of `issuers/{issuer}`.
package struct IssuerID: ByteText {
    package let value: String
    package init(_ value: String) { self.value = value }
}

/// Stands for a token's subject where the subject itself, often a mail address, must not appear.
package struct SubjectDigest: ByteText {
    /// Bytes of the SHA-256 that are kept: enough to tell people apart, by 24 hexadecimal digits.
    private static let bytesKept = 12

    /// Lower-case hexadecimal.
    package let value: String

    /// The digest of a subject as one issuer names it.
    package init(of subject: String, issuer: IssuerID) {
        var hash = SHA256()
        hash.update(data: Array(issuer.value.utf8) + [0])
        hash.update(data: Array(subject.utf8))
        value = hash.finalize().prefix(Self.bytesKept)
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
