import ChromaModel
import Synchronization

/// The restores that this process has begun and not ended.
final class RunningRestores: Sendable {
    private let tenants = Mutex<Set<TenantID>>([])

    func begin(_ tenant: TenantID) { tenants.withLock { _ = $0.insert(tenant) } }
    func end(_ tenant: TenantID) { tenants.withLock { _ = $0.remove(tenant) } }
    func contains(_ tenant: TenantID) -> Bool { tenants.withLock { $0.contains(tenant) } }
}
