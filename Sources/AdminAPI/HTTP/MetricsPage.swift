import Access
import ChromaModel
import HTTPTypes
import Hummingbird
import NIOCore
import Telemetry

/// `GET /metrics`: what Prometheus scrapes.
///
/// Anyone who reaches the admin port may read what names no tenant, as Prometheus users expect;
/// series that name tenants need an operator's token (`authorization` in the scrape's settings).
struct MetricsPage: Sendable {
    let registry: MetricRegistry
    /// nil where no token can be checked, as beside an engine alone: then no page names tenants.
    let authenticator: Authenticator?

    /// Throws `unauthenticated` for a token that is presented and not valid, `permissionDenied`
    /// for one that may not list tenants.
    func answer(
        accept: String?, credential: String?, from client: InternetAddress?
    ) async throws -> (contentType: String, body: String) {
        let seesTenants = try await seesTenants(credential, client)
        let format = PrometheusText.Format(accept: accept)
        let families = registry.gather(withTenants: seesTenants)
        return (format.contentType, PrometheusText.render(families, as: format))
    }

    private func seesTenants(_ credential: String?, _ client: InternetAddress?) async throws
        -> Bool
    {
        guard let credential, let authenticator else { return false }
        let principal = try await authenticator.authenticate(
            presented: credential, from: client)
        guard principal.holds(.listTenants) else { throw ServiceError.adminDenied }
        return true
    }
}
