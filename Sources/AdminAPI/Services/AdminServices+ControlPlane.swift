import Access
import ControlPlane
import Logging
import Platform
import TesseraRPC

extension AdminServices {
    package init(
        controlPlane: ControlPlane, authenticator: Authenticator, authoriser: Authoriser,
        random: any RandomSource, logger: Logger
    ) {
        let tenants = TenantService(controlPlane: controlPlane, authoriser: authoriser)
        let databases = DatabaseService(controlPlane: controlPlane, authoriser: authoriser)
        let tokens = TokenService(controlPlane: controlPlane, authoriser: authoriser)
        gate = AdminGate(authenticator: authenticator, logger: logger)
        endpoints = tenants.endpoints + databases.endpoints + tokens.endpoints
        self.random = random
    }
}
