import Access
import ChromaModel
import FoundationEssentials
import Platform
import TesseraRPC
import Usage

/// Makes the scopes of what frontends have authorised.
///
/// They say which tenant or database they mean; whether it is there, under that name, and what
/// its quotas are is read here. So a frontend can act for the tenants that there are, and cannot
/// raise their limits.
struct RelayedScopes: Sendable {
    let directory: any AccessDirectory
    let receiver: ScopeReceiver
    let time: any TimeSource

    /// Throws `notFound` when the tenant is gone.
    func tenant(_ place: EdgeTenantPlace) async throws -> TenantScope {
        let (record, overrides) = try await record(place)
        return scope(of: record, overrides)
    }

    /// Throws `notFound` when the tenant or the database is gone.
    func database(_ place: EdgeDatabasePlace) async throws -> DatabaseScope {
        let (tenant, overrides) = try await record(place.tenant)
        let (id, name) = (DatabaseID(try place.id.uniqueID()), DatabaseName(place.name))
        guard let record = try await directory.database(named: name, of: tenant.id),
            record.id == id
        else { throw ServiceError(.notFound, "Database [\(name)] not found") }
        return receiver.databaseScope(
            in: scope(of: tenant, overrides), id, name,
            quotas(of: tenant, overrides, id), collections: nil)
    }

    private func record(_ place: EdgeTenantPlace) async throws
        -> (TenantRecord, [QuotaOverride])
    {
        let (id, name) = (TenantID(try place.id.uniqueID()), TenantName(place.name))
        guard let record = try await directory.tenant(named: name), record.id == id else {
            throw ServiceError(.notFound, "Tenant [\(name)] not found")
        }
        return (record, try await directory.quotaOverrides(of: id))
    }

    private func scope(of record: TenantRecord, _ overrides: [QuotaOverride]) -> TenantScope {
        // A change of the directory is free.
        receiver.tenantScope(
            record.id, record.name, quotas(of: record, overrides), payer: .server)
    }

    private func quotas(
        of record: TenantRecord, _ overrides: [QuotaOverride], _ database: DatabaseID? = nil
    ) -> EffectiveQuotas {
        EffectiveQuotas(
            plan: record.plan, overrides: overrides, database: database,
            atMilliseconds: time.unixMilliseconds())
    }
}
