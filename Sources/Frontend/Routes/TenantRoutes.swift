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
                .post, PathStem.tenants, body: .json, .installation(.createTenant, create)),
            Route(.get, PathStem.tenant, .tenant(.getTenant, get)),
            Route(.patch, PathStem.tenant, body: .json, .tenant(.updateTenant, update)),
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
