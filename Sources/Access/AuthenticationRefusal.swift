import ChromaModel

/// Why a credential was refused: for counters and logs, never for the one who sent it.
package enum AuthenticationRefusal: String, Error, Sendable, CaseIterable {
    case missing, malformed, unknown, wrongSecret, wrongKind, expired, revoked
    /// A rotated token past its grace, and one from where it may not come.
    case replaced, wrongAddress
    /// Of JSON Web Tokens: what stands in the header.
    case tooLong, algorithm, criticalHeader, tokenType, unknownKey, wrongSignature
    /// Of JSON Web Tokens: what they claim.
    case unknownIssuer, wrongAudience, notYetValid, lifetime, denied
    /// Of JSON Web Tokens: what the issuer's mapping finds missing.
    case noRole, noTenant, noDatabases
    /// The literal word None, which a Chroma client sends when its key comes only from the
    /// environment (protocol §7.1).
    case sentNone

    /// The reason behind an error that a caller got; nil when it is about something else.
    package init?(behind error: (any Error)?) {
        guard let reason = (error as? ServiceError)?.cause as? Self else { return nil }
        self = reason
    }

    /// What the sender sees: the same words for every reason, bar the client's known bug.
    package var serviceError: ServiceError {
        let message =
            self == .sentNone
            ? "The client sent the word None as its token; pass api_key explicitly."
            : Self.permissionDenied
        return ServiceError(.unauthenticated, message, cause: self)
    }

    /// Upstream's only words for 401 and 403 (protocol §7.3).
    static let permissionDenied = "Permission denied."
}
