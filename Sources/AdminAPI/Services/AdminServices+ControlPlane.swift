import Access
import ControlPlane
import Logging
import Platform
import TenantEngine
import TenantTools
import TesseraRPC

extension AdminServices {
    package init(
        controlPlane: ControlPlane, authenticator: Authenticator, authoriser: Authoriser,
        backups: any BackupClient, loads: any LoadMeter, billing: AdminBilling,
        proxies: TrustedProxies = .none,
        random: any RandomSource, logger: Logger
    ) {
        let tenants = TenantService(controlPlane: controlPlane, authoriser: authoriser)
        let databases = DatabaseService(controlPlane: controlPlane, authoriser: authoriser)
        let tokens = TokenService(controlPlane: controlPlane, authoriser: authoriser)
        let quotas = QuotaService(controlPlane: controlPlane, authoriser: authoriser)
        let backups = BackupService(
            controlPlane: controlPlane, authoriser: authoriser, backups: backups)
        let places = UsagePlaces(authoriser: authoriser)
        let billingEndpoints: [any AdminEndpoint] = [
            UsageService(controlPlane: controlPlane, places: places).endpoints,
            UsageExportService(controlPlane: controlPlane, places: places).endpoints,
            ReceiptService(
                controlPlane: controlPlane, authoriser: authoriser, key: billing.key
            ).endpoints,
            PriceBookService(controlPlane: controlPlane).endpoints,
            BudgetService(
                controlPlane: controlPlane, authoriser: authoriser, key: billing.key,
                webhooks: billing.webhooks
            ).endpoints,
        ].flatMap { $0 }
        gate = AdminGate(
            authenticator: authenticator, controlPlane: controlPlane, proxies: proxies,
            logger: logger)
        endpoints =
            [
                backups.endpoints, tenants.endpoints, databases.endpoints, tokens.endpoints,
                quotas.endpoints, AccessService(authoriser: authoriser).endpoints,
                IssuerService(controlPlane: controlPlane).endpoints,
                AuditService(controlPlane: controlPlane).endpoints,
                LoadService(loads: loads).endpoints,
            ].flatMap { $0 } + billingEndpoints
        self.random = random
    }
}
