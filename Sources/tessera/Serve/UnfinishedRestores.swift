import ControlPlane
import Logging
import ServiceLifecycle
import TenantTools

/// Removes what restores have left that a crash cut short, once the engine can be reached.
///
/// What they have left is in nobody's way: that it can't be removed is no reason not to serve.
struct UnfinishedRestores: Service {
    private static let retrySeconds = 10

    let backups: any BackupClient
    let controlPlane: ControlPlane
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled, await !remove() {
                try? await Task.sleep(for: .seconds(Self.retrySeconds))
            }
        }
        try? await gracefulShutdown()
    }

    /// Whether there is nothing left to do.
    private func remove() async -> Bool {
        do {
            try await backups.removeUnfinished { try await controlPlane.hasEverHadTenant($0) }
            return true
        } catch {
            logger.warning(
                "what an unfinished restore left is still there",
                metadata: ["error": "\(error)"])
            return false
        }
    }
}
