import Access
import ChromaModel
import ChromaWire
import HTTPTypes

/// Tenants (protocol §1.3).
struct TenantRoutes: Sendable {
    let directory: any TenantDirectory

    var routes: [Route] {
        [
            Route(
                .post, PathStem.tenants, .installation(.createTenant, create),
                RouteDescription("create_tenant", "Makes a tenant.", takes: .createTenant)),
            Route(
                .get, PathStem.tenant, .tenant(.getTenant, get),
                RouteDescription("get_tenant", "Shows a tenant.", answers: .named(.tenant))),
            Route(
                .patch, PathStem.tenant, .tenant(.updateTenant, update),
                RouteDescription(
                    "update_tenant", "Names a tenant for CRNs, once.", takes: .updateTenant)),
        ]
    }

    private func create(_ call: Call, _ principal: Principal) throws -> Operation {
        let body = try CreateTenantBody.parse(call.body)
        return { [directory] in
            _ = try await directory.createTenant(named: body.name)
            return .done()
        }
    }

    private func get(_ call: Call, _ principal: Principal, _ scope: TenantScope) -> Operation {
        { [directory] in
            let name = try await directory.tenant(named: scope.tenantName)?.resourceName
            return Reply {
                TenantResponse.write(name: scope.tenantName, resourceName: name, into: &$0)
            }
        }
    }

    /// Names the tenant for CRNs, once (protocol §1.3).
    private func update(_ call: Call, _ principal: Principal, _ scope: TenantScope) throws
        -> Operation
    {
        let body = try UpdateTenantBody.parse(call.body)
        return { [directory] in
            try await directory.setResourceName(body.resourceName, in: scope)
            return .done()
        }
    }
}
