import AdminAPI
import Billing
import ControlPlane
import Logging
import ServerConfiguration
import ServiceLifecycle

/// What bills usage: the key of receipts, exports into files, and the watch over budgets.
struct BillingParts: Sendable {
    let admin: AdminBilling
    /// To be run: the watch over budgets, and who makes exports.
    let services: [any Service]

    init(
        _ configuration: ServerConfiguration, _ controlPlane: ControlPlane, _ key: ReceiptKey,
        logger: Logger
    ) {
        let isOpen = configuration.webhooks.allowsInternalAddresses
        if isOpen {
            logger.warning("webhooks go to internal addresses too: for development only")
        }
        admin = AdminBilling(key: key, webhooks: WebhookSender(allowsInternalAddresses: isOpen))
        services = [
            BudgetWatch(
                controlPlane: controlPlane, key: key, allowsInternalAddresses: isOpen,
                logger: logger),
            ExportWorker(controlPlane: controlPlane, logger: logger),
        ]
    }
}
