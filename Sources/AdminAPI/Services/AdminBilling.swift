import Billing
import ControlPlane

/// What the billing services need beside the control plane.
package struct AdminBilling: Sendable {
    /// Signs receipts; webhooks' secrets are derived from it.
    let key: ReceiptKey
    let exports: UsageExports
    let webhooks: WebhookSender

    package init(key: ReceiptKey, exports: UsageExports, webhooks: WebhookSender) {
        self.key = key
        self.exports = exports
        self.webhooks = webhooks
    }
}
