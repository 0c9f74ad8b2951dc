import ChromaModel

/// What tenants and databases may be called (protocol §1.3, §2.6).
enum ResourceName {
    /// In characters, as upstream counts.
    private static let lengthMin = 3
    /// In bytes; names are part of keys and indexes.
    static let bytesMax = 512

    /// Throws `invalidArgument`.
    static func validate(_ name: TenantName) throws {
        guard name.value.unicodeScalars.count >= lengthMin, name.value.utf8.count <= bytesMax,
            !name.value.utf8.contains(0)
        else {
            throw ServiceError.invalid(
                "Validation error: name: Validation error: length [a tenant's name has at least"
                    + " \(lengthMin) characters, at most \(bytesMax) bytes and no U+0000]")
        }
    }

    /// Throws `invalidArgument`. A database may also be `topology+name`.
    static func validate(_ name: DatabaseName) throws {
        let parts = name.value.split(separator: "+", omittingEmptySubsequences: false)
        guard parts.count <= 2, name.value.utf8.count <= bytesMax else {
            throw ServiceError.invalid(wrongCharacters(name))
        }
        for part in parts { try validatePart(part, of: name) }
    }

    private static func validatePart(_ part: Substring, of name: DatabaseName) throws {
        let bytes = Array(part.utf8)
        guard bytes.count >= lengthMin, bytes.allSatisfy({ isAlphanumeric($0) || isInner($0) }),
            bytes.first.map(isAlphanumeric) == true, bytes.last.map(isAlphanumeric) == true
        else { throw ServiceError.invalid(wrongCharacters(name)) }
        guard !part.contains("..") else {
            throw ServiceError.invalid(
                "Validation error: name: Expected a name that does not contains two consecutive"
                    + " periods (..). Got \(name)")
        }
        guard !isIPv4Address(part) else {
            throw ServiceError.invalid(
                "Validation error: name: Expected a name that is not a valid ip address."
                    + " Got \(name)")
        }
    }

    private static func wrongCharacters(_ name: DatabaseName) -> String {
        "Validation error: name: Expected a name containing 3-512 characters from"
            + " [a-zA-Z0-9._-], starting and ending with a character in [a-zA-Z0-9]. Got: \(name)"
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }

    private static func isInner(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }

    /// The characters allowed cannot spell an IPv6 address.
    private static func isIPv4Address(_ text: Substring) -> Bool {
        let numbers = text.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4
            && numbers.allSatisfy { $0.count <= 3 && $0.allSatisfy(\.isNumber) && UInt8($0) != nil }
    }
}
