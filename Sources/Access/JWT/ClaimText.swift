import ChromaModel

/// A text out of a token or for comparison with one: key id, audience, subject, token id, role.
package struct ClaimText: ByteText {
    package let value: String
    package init(_ value: String) { self.value = value }
}

/// The URL by which an issuer names itself in `iss`, compared byte for byte.
package struct IssuerURL: ByteText {
    package let value: String
    package init(_ value: String) { self.value = value }
}
