extension TenantsFile {
    /// The label that says which file a tenant is managed by.
    package static let managerLabel = "managed-by"

    /// The tenants with the manager's label, whether they declare labels or not.
    func managed(_ tenants: [DeclaredTenant]) -> [DeclaredTenant] {
        guard let manager else { return tenants }
        return tenants.map { tenant in
            var tenant = tenant
            tenant.manager = manager
            return tenant
        }
    }

    /// Whether the file declares a tenant of that name.
    func declares(_ name: String) -> Bool {
        tenants.contains { ByteName(value: $0.name) == ByteName(value: name) }
    }
}

extension DeclaredTenant {
    /// The labels that it shall have, made of those that it has; nil leaves them as they are.
    func labels(insteadOf installed: [String: String]) -> [String: String]? {
        guard let manager else { return labels }
        var all = labels ?? installed
        all[TenantsFile.managerLabel] = manager
        return all
    }
}
