import ChromaModel
import Platform

/// A bearer token in clear, as its owner holds it. It is never stored and never logged.
///
/// `tsd_` or `tsa_`, 11 characters of key id, `_`, 43 of secret (256 bits), 6 of CRC-32 over
/// everything before them, all base62 (control plane §3.3). The checksum turns typing errors
/// and noise away before any look-up; it protects nothing.
package struct Token: Sendable {
    package let kind: TokenKind
    package let keyID: TokenKeyID
    /// The private part; only its keyed hash is kept.
    let secret: String

    /// What the owner sends: the whole token.
    package var text: String {
        let body = Self.body(kind, keyID, secret)
        return body + Self.checksum(of: body.utf8)
    }

    /// A new token from a cryptographically secure source.
    package static func mint(_ kind: TokenKind, from random: any RandomSource) -> Token {
        Token(
            kind: kind,
            keyID: TokenKeyID(Base62.random(TokenFormat.keyIDLength, from: random)),
            secret: Base62.random(TokenFormat.secretLength, from: random))
    }

    /// Reads a token; nil when its form or its checksum is wrong.
    package static func parse(_ text: String) -> Token? {
        let bytes = Array(text.utf8)
        guard bytes.count == TokenFormat.length,
            let kind = TokenKind.allCases.first(where: { bytes.starts(with: $0.prefix.utf8) }),
            bytes[TokenFormat.separatorPlace] == UInt8(ascii: "_"),
            Base62.isEncoded(bytes[TokenFormat.keyIDPlaces]),
            Base62.isEncoded(bytes[TokenFormat.secretPlaces]),
            checksum(of: bytes[..<TokenFormat.bodyLength]).utf8
                .elementsEqual(bytes[TokenFormat.bodyLength...])
        else { return nil }
        return Token(
            kind: kind,
            keyID: TokenKeyID(String(decoding: bytes[TokenFormat.keyIDPlaces], as: UTF8.self)),
            secret: String(decoding: bytes[TokenFormat.secretPlaces], as: UTF8.self))
    }

    private static func body(_ kind: TokenKind, _ keyID: TokenKeyID, _ secret: String) -> String {
        kind.prefix + keyID.value + "_" + secret
    }

    /// What stands behind everything else of a token.
    private static func checksum(of body: some Sequence<UInt8>) -> String {
        Base62.encode(CRC32.checksum(body), width: TokenFormat.checksumLength)
    }
}

/// Which plane a token is made for; its first characters say so.
package enum TokenKind: Sendable, CaseIterable {
    /// A tenant's token.
    case data
    /// An operator's token.
    case admin

    package init(role: Role) { self = role == .operator ? .admin : .data }

    var prefix: String {
        switch self {
        case .data: "tsd_"
        case .admin: "tsa_"
        }
    }
}

/// Lengths and places of a token's parts, in bytes.
enum TokenFormat {
    static let prefixLength = 4
    static let keyIDLength = 11
    static let secretLength = 43
    static let checksumLength = 6

    static let keyIDPlaces = prefixLength..<(prefixLength + keyIDLength)
    static let separatorPlace = keyIDPlaces.upperBound
    static let secretPlaces = (separatorPlace + 1)..<(separatorPlace + 1 + secretLength)
    /// All but the checksum.
    static let bodyLength = secretPlaces.upperBound
    static let length = bodyLength + checksumLength
}

extension Token: CustomStringConvertible, CustomReflectable {
    /// The public part alone, so that a token printed by mistake gives nothing away.
    package var description: String { "\(kind.prefix)\(keyID)_…" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
