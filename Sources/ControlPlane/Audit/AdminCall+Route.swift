import Access
import ChromaModel

/// Changes that come by Chroma's own routes, which pass no `AdminGate`.
extension AdminCall {
    /// Runs the work of a change so that its transaction writes the event of the request that
    /// asks for it. A call of the admin API has its own event, and what nobody asked for has none.
    ///
    /// Refusals are not written: they are in the server's log, and there are many who could have
    /// themselves refused as fast as they like.
    static func audited<Output>(
        _ resource: String, of tenant: TenantName?, _ work: () async throws -> Output
    ) async throws -> Output {
        guard current == nil, let call = RequestOrigin.current.flatMap({ AdminCall($0) }) else {
            return try await work()
        }
        call.note(resource: resource, tenant: tenant)
        return try await $current.withValue(call) { try await work() }
    }

    /// nil for an action that isn't audited.
    private convenience init?(_ origin: RequestOrigin) {
        guard let event = Self.event(of: origin.action) else { return nil }
        self.init(
            actor: origin.actor, method: "chroma/\(origin.action.rawValue)", event: event,
            requestID: origin.requestID, address: origin.address)
    }

    /// As the admin API calls the same change.
    private static func event(of action: Action) -> String? {
        switch action {
        case .createTenant: "tenant.created"
        case .updateTenant: "tenant.updated"
        case .createDatabase: "database.created"
        case .deleteDatabase: "database.deleted"
        case .reset: "installation.reset"
        default: nil
        }
    }
}

extension TenantName {
    /// `tenants/{tenant}`
    var resource: String { "tenants/\(value)" }
}

extension DatabaseName {
    /// `tenants/{tenant}/databases/{database}`
    func resource(in tenant: TenantName) -> String { "\(tenant.resource)/databases/\(value)" }
}
