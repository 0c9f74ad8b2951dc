import Access
import ChromaModel
import FoundationEssentials
import SwiftProtobuf
import TesseraRPC

// What frontends look up and change, one method a call.
extension EdgeServer {
    func resolveToken(_ request: EdgeResolveTokenRequest, _: Caller) async throws
        -> EdgeResolveTokenResponse
    {
        let record = try await directory.token(TokenKeyID(request.keyID))
        return .with { if let record { $0.token = EdgeToken(record) } }
    }

    func resolveIssuer(_ request: EdgeResolveIssuerRequest, _: Caller) async throws
        -> EdgeResolveIssuerResponse
    {
        let record = try await directory.issuer(at: IssuerURL(request.url))
        return .with { if let record { $0.issuer = EdgeIssuer(record) } }
    }

    func resolveTenant(_ request: EdgeResolveTenantRequest, _: Caller) async throws
        -> EdgeResolveTenantResponse
    {
        let record = try await directory.tenant(named: TenantName(request.name))
        return .with { if let record { $0.tenant = EdgeTenant(record) } }
    }

    func resolveDatabase(_ request: EdgeResolveDatabaseRequest, _: Caller) async throws
        -> EdgeResolveDatabaseResponse
    {
        let record = try await directory.database(
            named: DatabaseName(request.name), of: TenantID(try request.tenantID.uniqueID()))
        return .with { if let record { $0.database = EdgeDatabase(record) } }
    }

    func resolveQuotaOverrides(_ request: EdgeResolveQuotaOverridesRequest, _: Caller)
        async throws -> EdgeResolveQuotaOverridesResponse
    {
        let overrides = try await directory.quotaOverrides(
            of: TenantID(try request.tenantID.uniqueID()))
        return .with { $0.overrides = overrides.map { EdgeQuotaOverride($0) } }
    }

    func listDatabases(_ request: EdgeListDatabasesRequest, _ caller: Caller) async throws
        -> EdgeListDatabasesResponse
    {
        let records = try await directory.listDatabases(
            in: try await scopes(caller).tenant(request.tenant),
            offset: Int(clamping: request.offset),
            limit: request.hasLimit ? Int(clamping: request.limit) : nil)
        return .with { $0.databases = records.map { EdgeDatabase($0) } }
    }

    func createTenant(_ request: EdgeCreateTenantRequest, _: Caller) async throws -> EdgeTenant {
        try await request.origin.isCurrent {
            EdgeTenant(try await directory.createTenant(named: TenantName(request.name)))
        }
    }

    func setResourceName(_ request: EdgeSetResourceNameRequest, _ caller: Caller) async throws
        -> Google_Protobuf_Empty
    {
        let scope = try await scopes(caller).tenant(request.tenant)
        let name = TenantResourceName(request.resourceName)
        try await request.origin.isCurrent {
            try await directory.setResourceName(name, in: scope)
        }
        return Google_Protobuf_Empty()
    }

    func createDatabase(_ request: EdgeCreateDatabaseRequest, _ caller: Caller) async throws
        -> EdgeDatabase
    {
        let scope = try await scopes(caller).tenant(request.tenant)
        return try await request.origin.isCurrent {
            EdgeDatabase(
                try await directory.createDatabase(named: DatabaseName(request.name), in: scope))
        }
    }

    func deleteDatabase(_ request: EdgeDeleteDatabaseRequest, _ caller: Caller) async throws
        -> Google_Protobuf_Empty
    {
        let scope = try await scopes(caller).database(request.database)
        try await request.origin.isCurrent { try await directory.deleteDatabase(in: scope) }
        return Google_Protobuf_Empty()
    }

    func resetToBootstrap(_ request: EdgeResetToBootstrapRequest, _: Caller) async throws
        -> Google_Protobuf_Empty
    {
        guard allowsReset else {
            throw ServiceError(
                .permissionDenied,
                "This control plane isn't in conformance mode: set allow_reset on it too.")
        }
        try await request.origin.isCurrent { try await directory.resetToBootstrap() }
        return Google_Protobuf_Empty()
    }

    private func scopes(_ caller: Caller) throws -> RelayedScopes {
        RelayedScopes(
            directory: directory, receiver: try ScopeReceiver(from: caller.roles), time: time)
    }
}
