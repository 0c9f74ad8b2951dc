import Access
import ChromaModel

extension TenantDirectory {
    /// The databases of a tenant that a principal may know of, in order of creation.
    func databases(
        _ principal: Principal, in scope: TenantScope, offset: Int = 0, limit: Int? = nil
    ) async throws -> [DatabaseRecord] {
        guard let reachable = principal.databases.map(Set.init) else {
            return try await listDatabases(in: scope, offset: offset, limit: limit)
        }
        let all = try await listDatabases(in: scope, offset: 0, limit: nil)
        let visible = all.filter { reachable.contains($0.name) }
        return Array(visible.dropFirst(offset).prefix(limit ?? .max))
    }
}
