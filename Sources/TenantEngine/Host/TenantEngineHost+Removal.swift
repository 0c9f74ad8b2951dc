import ChromaModel
import NIOPosix
import Platform
import Synchronization

extension TenantEngineHost {
    /// Closes a tenant for good and removes its files. Doing it again is fine.
    ///
    /// Safe under requests and seals: nobody opens the tenant again, closing waits for what is
    /// queued and for a seal that runs, and a reader keeps the maps that it has.
    ///
    /// - Throws: `unavailable` when the files can't be removed; the tenant stays closed.
    package func removeTenant(_ tenant: TenantID) async throws {
        state.withLock { _ = $0.removed.insert(tenant) }
        await closeForGood(tenant)
        do {
            try await onIOThread { [fileSystem, configuration] in
                try fileSystem.removeTree(configuration.directory + "/\(tenant)")
                if let marks = configuration.unreportedDirectory {
                    try fileSystem.removeFile(marks + "/\(tenant)")
                }
                if try fileSystem.exists(configuration.directory) {
                    try fileSystem.syncDirectory(configuration.directory)
                }
            }
        } catch {
            throw ServiceError(
                .unavailable, "The tenant's files cannot be removed now; it is tried again.",
                cause: error)
        }
    }

    private func closeForGood(_ tenant: TenantID) async {
        while let stage = state.withLock({ closing(tenant, &$0) }) {
            switch stage {
            case .closing(let task, _): await task.value
            case .opening(let task): _ = try? await task.value
            case .open: break
            }
        }
    }

    /// The tenant's stage, where closing is begun if it is open.
    private func closing(_ tenant: TenantID, _ state: inout State) -> TenantSlots.Stage? {
        if let engine = state.slots[tenant]?.engine { startClosing(engine, &state) }
        return state.slots[tenant]
    }

    static let removed = ServiceError(.notFound, "This tenant was purged")
}
