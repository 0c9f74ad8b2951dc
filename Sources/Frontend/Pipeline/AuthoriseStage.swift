import Access
import ChromaModel

/// Decides whether the caller may, and binds the route's function to the proof of it.
///
/// No later stage can reach a tenant's data but through that function.
struct AuthoriseStage: Stage {
    let authoriser: Authoriser
    var name: String { "authorise" }

    /// Throws `permissionDenied`; for an operator also `notFound` when there is no such tenant.
    func run(_ context: inout RequestContext) async throws {
        guard let route = context.route else { return }
        if case .open(let function) = route.endpoint {
            context.prepare = function
        } else if let principal = context.principal {
            (context.prepare, context.scope) = try await bind(
                route.endpoint, for: principal, context.call.path)
            // The path's tenant was authorised just now, so the log may name it.
            if context.call.path.contains(.tenant) { context.tenant = context.call.path.tenant }
        }
    }

    private func bind(_ endpoint: Endpoint, for principal: Principal, _ path: PathParameters)
        async throws -> (@Sendable (Call) throws -> Operation, TenantScope?)
    {
        switch endpoint {
        case .open(let function): return (function, nil)
        case .identified(let function): return ({ try function($0, principal) }, nil)
        case .installation(let action, let function):
            try authoriser.authorise(principal, action)
            return ({ try function($0, principal) }, nil)
        case .tenant(let action, let function):
            let scope = try await authoriser.tenantScope(
                for: principal, action, tenant: path.tenant)
            return ({ try function($0, principal, scope) }, scope)
        case .database(let action, let function):
            let scope = try await authoriser.databaseScope(
                for: principal, action, tenant: path.tenant, database: path.database)
            return ({ try function($0, scope) }, scope?.tenantScope)
        case .oneOf(let action, let others, let function):
            let held = ([action] + others).first { authoriser.allows(principal, $0) }
            let scope = try await authoriser.databaseScope(
                for: principal, held ?? action, tenant: path.tenant, database: path.database)
            return ({ try function($0, principal, scope) }, scope?.tenantScope)
        case .resource(let action, let function):
            try authoriser.authorise(principal, action)
            let name = try CollectionResourceName(parsing: path.crn)
            let scope = try await authoriser.databaseScope(for: principal, action, of: name)
            return ({ _ in try function(name, scope) }, scope?.tenantScope)
        }
    }
}
