/// A tenant as a tenants file wants it. What is nil or not listed is left as it is.
package struct DeclaredTenant: Sendable, Equatable {
    package let name: String
    package var displayName: String?
    /// As `tessera quota plans` lists it. nil makes a new tenant with the server's default.
    package var plan: String?
    /// All that the tenant shall have.
    package var labels: [String: String]?
    /// Whose label it shall have besides; nil for none.
    package var manager: String?
    package var databases: [String] = []
    package var overrides: [DeclaredOverride] = []

    package init(name: String) { self.name = name }
}
