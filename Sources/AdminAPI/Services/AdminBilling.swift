import Billing
import ControlPlane

/// What the billing services need beside the control plane.
package struct AdminBilling: Sendable {
    /// Signs receipts; webhooks' secrets are derived from it.
    let key: ReceiptKey
    let webhooks: WebhookSender

    package init(key: ReceiptKey, webhooks: WebhookSender) {
        self.key = key
        self.webhooks = webhooks
    }
}
