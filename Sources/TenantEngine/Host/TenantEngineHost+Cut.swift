import Access
import ChromaModel
import TenantStorage

extension TenantEngineHost: TenantCutSource {
    package func cut(_ scope: TenantScope) async throws -> TenantCut {
        do {
            do {
                return try await withEngine(for: scope.tenant) { try await $0.cut() }
            } catch is EngineClosed {
                return try await withEngine(for: scope.tenant) { try await $0.cut() }
            }
        } catch let error as ServiceError {
            throw error
        } catch {
            throw ServiceError(
                .unavailable, "The tenant could not be sealed; try again, or run tessera scrub",
                cause: error)
        }
    }
}
