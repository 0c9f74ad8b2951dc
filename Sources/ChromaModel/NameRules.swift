/// What names must look like (protocol §2.6). Messages are upstream's.
package enum NameRules {
    /// Characters of a tenant's or database's name at least.
    package static let charactersMin = 3
    /// Characters of a collection's or database's name at most.
    package static let charactersMax = 512

    /// Throws `invalidArgument` when `name` is too short for a tenant.
    package static func check(_ name: TenantName) throws(ServiceError) {
        guard name.value.unicodeScalars.count >= charactersMin else {
            throw .invalid(
                "Validation error: name: Validation error: length "
                    + "[{\"min\": Number(3), \"value\": String(\"\(name)\")}]")
        }
    }

    /// Throws `invalidArgument` when `name` cannot be the first part of a CRN.
    package static func check(_ name: TenantResourceName) throws(ServiceError) {
        let bytes = name.value.utf8
        guard (1...charactersMax).contains(bytes.count), !bytes.contains(UInt8(ascii: ":")),
            !bytes.contains(0)
        else {
            throw .invalid(
                "Validation error: resource_name: Expected 1-\(charactersMax) bytes without ':'")
        }
    }

    /// Throws `invalidArgument` when `name` cannot be a collection's. The message has no
    /// "Validation error: name: " before it: the caller knows which member it was.
    package static func check(_ name: CollectionName) throws(ServiceError) {
        try checkSlug(name.value)
    }

    /// Throws `invalidArgument` when `name` cannot be a database's: a collection's name, or two
    /// of them joined by one `+` (topology and name).
    package static func check(_ name: DatabaseName) throws(ServiceError) {
        let parts = name.value.utf8.split(
            separator: UInt8(ascii: "+"), omittingEmptySubsequences: false)
        guard parts.count > 1 else { return try checkSlug(name.value) }
        let length = name.value.utf8.count
        guard length <= charactersMax else {
            throw .invalid("Expected a name containing 3-512 characters. Got: \(length)")
        }
        guard parts.count == 2 else {
            throw .invalid(
                "Expected a name to contain at most one topology:  Got two `+` characters.")
        }
        for part in parts { try checkSlug(String(Substring(part))) }
    }

    /// Throws `invalidArgument` when a path's database name is too short to be one.
    package static func checkPath(_ name: DatabaseName) throws(ServiceError) {
        guard name.value.utf8.count >= charactersMin else {
            throw .invalid("database name must be at least 3 characters")
        }
    }

    private static func checkSlug(_ name: String) throws(ServiceError) {
        let bytes = Array(name.utf8)
        guard (charactersMin...charactersMax).contains(bytes.count),
            let first = bytes.first, let last = bytes.last,
            isAlphanumeric(first), isAlphanumeric(last), bytes.allSatisfy(isSlugByte)
        else {
            throw .invalid(
                "Expected a name containing 3-512 characters from [a-zA-Z0-9._-], starting and "
                    + "ending with a character in [a-zA-Z0-9]. Got: \(name)")
        }
        let point = UInt8(ascii: ".")
        if zip(bytes, bytes.dropFirst()).contains(where: { $0 == point && $1 == point }) {
            throw .invalid(
                "Expected a name that does not contains two consecutive periods (..). "
                    + "Got \(name)")
        }
        if isIPv4(bytes) {
            throw .invalid("Expected a name that is not a valid ip address. Got \(name)")
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }

    private static func isSlugByte(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "-")
    }

    /// Whether this is a dotted quad. (An IPv6 address has colons, which no name has.)
    private static func isIPv4(_ bytes: [UInt8]) -> Bool {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy(isIPv4Part)
    }

    /// 0 to 255, without leading zeros.
    private static func isIPv4Part(_ digits: ArraySlice<UInt8>) -> Bool {
        guard (1...3).contains(digits.count), digits.count == 1 || digits.first != 0x30 else {
            return false
        }
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return false }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) } <= 255
    }
}
