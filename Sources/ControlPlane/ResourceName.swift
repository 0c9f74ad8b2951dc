import ChromaModel

/// What tenants and databases may be called: upstream's rules, and what can be stored.
enum ResourceName {
    /// Names are part of indexed keys.
    static let bytesMax = 512

    /// Throws `invalidArgument`.
    static func validate(_ name: TenantName) throws {
        try NameRules.check(name)
        guard name.value.utf8.count <= bytesMax, !name.value.utf8.contains(0) else {
            throw ServiceError.invalid(
                "Validation error: name: Validation error: length [a tenant's name is at most"
                    + " \(bytesMax) bytes, without U+0000]")
        }
    }

    /// Throws `invalidArgument`.
    static func validate(_ name: DatabaseName) throws {
        do {
            try NameRules.check(name)
        } catch {
            throw ServiceError.invalid("Validation error: name: \(error.message)")
        }
    }
}
