import AdminAPI
import Billing
import ControlPlane
import Logging
import Platform
import ServerConfiguration

/// What bills usage: the key of receipts, exports into files, and the watch over budgets.
struct BillingParts: Sendable {
    let admin: AdminBilling
    /// To be run.
    let watch: BudgetWatch

    /// Throws `internalError` when the exports' directory can't be used.
    init(
        _ configuration: ServerConfiguration, _ directory: DataDirectory,
        _ controlPlane: ControlPlane, _ key: ReceiptKey, fileSystem: any FileSystem, logger: Logger
    ) throws {
        let random = SystemRandomSource()
        let isOpen = configuration.webhooks.allowsInternalAddresses
        if isOpen {
            logger.warning("webhooks go to internal addresses too: for development only")
        }
        admin = AdminBilling(
            key: key,
            exports: try UsageExports(
                directory: directory.usageExports, fileSystem: fileSystem,
                time: SystemTimeSource(), random: random),
            webhooks: WebhookSender(allowsInternalAddresses: isOpen))
        watch = BudgetWatch(
            controlPlane: controlPlane, key: key, allowsInternalAddresses: isOpen, logger: logger)
    }
}
