import Access
import ChromaModel

/// What tenants, databases and issuers may be called: upstream's rules, and what can be stored.
enum ResourceName {
    /// Names are part of indexed keys.
    static let bytesMax = 512

    /// Throws `invalidArgument`.
    static func validate(_ name: TenantName) throws {
        try refuseToken(name.value)
        try NameRules.check(name)
        guard name.value.utf8.count <= bytesMax, !name.value.utf8.contains(0) else {
            throw ServiceError.invalid(
                "Validation error: name: Validation error: length [a tenant's name is at most"
                    + " \(bytesMax) bytes, without U+0000]")
        }
    }

    /// A name is shown, logged and kept in the audit log for ever. Throws `invalidArgument`.
    private static func refuseToken(_ name: String) throws(ServiceError) {
        guard Token.parse(name) == nil else {
            throw .invalid("That name is a token. Revoke the token, and choose another name.")
        }
    }

    /// Throws `invalidArgument`.
    static func validate(_ id: IssuerID) throws {
        let bytes = Array(id.value.utf8)
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard (1...issuerIDBytesMax).contains(bytes.count), letters.contains(bytes[0]),
            bytes.allSatisfy({
                letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "-")
            })
        else {
            throw ServiceError.invalid(
                "issuer_id is 1 to \(issuerIDBytesMax) lower-case letters, digits and hyphens,"
                    + " a letter first.")
        }
    }

    /// Longest id of an issuer, as in a DNS label.
    private static let issuerIDBytesMax = 63

    /// Throws `invalidArgument`.
    static func validate(_ name: DatabaseName) throws {
        try refuseToken(name.value)
        do {
            try NameRules.check(name)
        } catch {
            throw ServiceError.invalid("Validation error: name: \(error.message)")
        }
    }
}
