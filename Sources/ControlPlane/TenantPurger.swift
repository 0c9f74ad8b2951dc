import ChromaModel
import Logging
import Platform

/// Purges tenants whose undelete window has passed, and forgets old request ids and buckets. As
/// many processes may run it as like to.
struct TenantPurger: Sendable {
    private static let intervalSeconds: UInt64 = 10

    let controlPlane: ControlPlane
    let logger: Logger

    /// Runs until cancelled. What fails is tried again.
    func run() async {
        while !Task.isCancelled {
            await work()
            // Cancelled in here, the loop ends: that is no failure.
            try? await Task.sleep(for: .seconds(Self.intervalSeconds))
        }
    }

    private func work() async {
        do {
            try await controlPlane.purgeDueTenants()
            try await controlPlane.forgetOldRequests()
            try await controlPlane.forgetIdleBuckets()
        } catch {
            guard !Task.isCancelled else { return }
            logger.warning(
                "a deleted tenant could not be purged yet", metadata: ["error": "\(error)"])
        }
    }
}
