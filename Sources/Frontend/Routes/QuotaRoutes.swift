import Access
import ChromaModel
import ChromaWire
import HTTPTypes

/// What a tenant may use, for its programs to read. Upstream has no such route.
struct QuotaRoutes: Sendable {
    var routes: [Route] {
        [
            Route(
                .get, PathStem.tenant + "/limits", .tenant(.getTenant, ofTenant),
                RouteDescription(
                    "tenant_limits", "Shows the limits of a tenant.", answers: .named(.limits))),
            Route(
                .get, PathStem.database + "/limits", .database(.getDatabase, ofDatabase),
                RouteDescription(
                    "database_limits", "Shows the limits of requests inside a database.",
                    answers: .named(.limits))),
        ]
    }

    private func ofTenant(_ call: Call, _ principal: Principal, _ scope: TenantScope)
        -> Operation
    {
        answer(scope.quotas, tenant: scope.tenantName, database: nil)
    }

    private func ofDatabase(_ call: Call, _ scope: DatabaseScope?) throws -> Operation {
        guard let scope else {
            throw ServiceError(
                .notFound, "Database [\(call.path.database)] not found. Are you sure it exists?")
        }
        return answer(scope.quotas, tenant: scope.tenantName, database: scope.databaseName)
    }

    private func answer(
        _ quotas: EffectiveQuotas, tenant: TenantName, database: DatabaseName?
    ) -> Operation {
        {
            Reply(bytesExpected: UsageType.allCases.count * 160) {
                LimitsResponse.write(quotas, tenant: tenant, database: database, into: &$0)
            }
        }
    }
}
