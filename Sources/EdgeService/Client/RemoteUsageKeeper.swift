import TesseraRPC
import Usage

/// The keeper of usage in the control plane's process.
package struct RemoteUsageKeeper: UsageKeeper {
    private let link: ControlLink

    package init(link: ControlLink) { self.link = link }

    package func take(_ batch: UsageBatch) async throws -> UsageReceipt {
        let request = EdgePushUsageRequest(batch)
        let response = try await link.callUsage { try await $0.pushUsage(request) }
        return try response.receipt()
    }
}
