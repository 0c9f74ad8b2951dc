import Access
import ChromaModel

/// One entry of an issuer's deny-list.
package struct DenialRecord: Sendable, Hashable {
    package let id: UniqueID
    package let issuer: IssuerID
    package let rule: DenialRule
    /// Unix times in milliseconds.
    package let createdAtMilliseconds: UInt64
    /// When it may be forgotten; nil means never.
    package let expiresAtMilliseconds: UInt64?
}

/// Which tokens are denied.
package enum DenialRule: Sendable, Hashable {
    /// The one with this `jti`.
    case token(ClaimText)
    /// The subject's issued before a Unix time in milliseconds; nil means all there will ever be.
    case subject(ClaimText, issuedBeforeMilliseconds: UInt64?)
    /// Everyone's issued before a Unix time in milliseconds.
    case everyone(issuedBeforeMilliseconds: UInt64)
}

extension DenialRule {
    /// Longest token id and subject, in bytes.
    static let valueBytesMax = 512

    /// Throws `invalidArgument` for a value that no token can have.
    func validate() throws {
        switch self {
        case .token(let value), .subject(let value, _):
            guard (1...Self.valueBytesMax).contains(value.value.utf8.count),
                !value.value.utf8.contains(0)
            else {
                throw ServiceError.invalid(
                    "token_id and subject are of 1 to \(Self.valueBytesMax) bytes without U+0000.")
            }
        case .everyone: return
        }
    }

    /// When no token that it is about can be taken any more. A subject's and everyone's entries
    /// are few and stay.
    func expiry(atMilliseconds now: UInt64) -> UInt64? {
        guard case .token = self else { return nil }
        let seconds =
            IssuerRecord.lifetimeSecondsMaxRange.upperBound
            + 2 * IssuerRecord.clockSkewSecondsRange.upperBound
        return now + UInt64(seconds) * 1000
    }
}
