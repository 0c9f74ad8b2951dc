import Access
import ChromaModel
import Directory
import FoundationEssentials
import GRPCCore
import RateLimits
import SwiftProtobuf
import TesseraRPC

/// The control plane's directory in another process: what was looked up stays in the cache while
/// the stream of changes vouches for it, everything else is asked for.
///
/// Calls throw what the control plane would, and `unavailable` while it can't be reached: an
/// unknown token is never taken for a bad one for that.
package struct RemoteDirectory: TenantDirectory {
    private let link: ControlLink
    private let cache: DirectoryCache

    /// - Parameter cache: of the `ConfigMirror` that follows the same control plane.
    package init(link: ControlLink, cache: DirectoryCache) {
        self.link = link
        self.cache = cache
    }

    package func token(_ keyID: TokenKeyID) async throws -> TokenRecord? {
        try await cache.value(keyID, in: .tokens) {
            let answer = try await link.call {
                try await $0.resolveToken(.with { $0.keyID = keyID.value })
            }
            return answer.hasToken ? try answer.token.record() : nil
        }
    }

    package func issuer(at url: IssuerURL) async throws -> IssuerRecord? {
        try await cache.value(url, in: .issuers) {
            let answer = try await link.call {
                try await $0.resolveIssuer(.with { $0.url = url.value })
            }
            return answer.hasIssuer ? try answer.issuer.record() : nil
        }
    }

    package func tenant(named name: TenantName) async throws -> TenantRecord? {
        try await cache.value(name, in: .tenants) {
            let answer = try await link.call {
                try await $0.resolveTenant(.with { $0.name = name.value })
            }
            return answer.hasTenant ? try answer.tenant.record() : nil
        }
    }

    package func database(named name: DatabaseName, of tenant: TenantID) async throws
        -> DatabaseRecord?
    {
        let key = DirectoryCache.DatabaseKey(tenant: tenant, name: name)
        return try await cache.value(key, in: .databases) {
            let answer = try await link.call {
                try await $0.resolveDatabase(
                    .with {
                        $0.tenantID = Data(tenant.uuid)
                        $0.name = name.value
                    })
            }
            return answer.hasDatabase ? try answer.database.record() : nil
        }
    }

    package func quotaOverrides(of tenant: TenantID) async throws -> [QuotaOverride] {
        try await cache.value(tenant, in: .overrides) {
            let answer = try await link.call {
                try await $0.resolveQuotaOverrides(.with { $0.tenantID = Data(tenant.uuid) })
            }
            return try answer.overrides.map { try $0.record() }
        } ?? []
    }

    /// Every client that starts asks for them, so a listing that isn't long is kept whole.
    package func listDatabases(in scope: TenantScope, offset: Int, limit: Int?) async throws
        -> [DatabaseRecord]
    {
        let kept = try await cache.value(scope.tenant, in: .listings) {
            let most = DirectoryCache.listedMax
            let all = try await listed(scope, offset: 0, limit: most + 1)
            return all.count <= most ? all : nil
        }
        guard let kept else { return try await listed(scope, offset: offset, limit: limit) }
        return Array(kept.dropFirst(max(offset, 0)).prefix(max(limit ?? .max, 0)))
    }

    private func listed(_ scope: TenantScope, offset: Int, limit: Int?) async throws
        -> [DatabaseRecord]
    {
        let answer = try await link.call {
            try await $0.listDatabases(
                .with {
                    $0.tenant = EdgeTenantPlace(scope)
                    $0.offset = UInt64(max(offset, 0))
                    if let limit { $0.limit = UInt64(max(limit, 0)) }
                })
        }
        return try answer.databases.map { try $0.record() }
    }
}

// Changes. This process's own cache has forgotten the old state when a call returns, whether the
// stream was faster or not.
extension RemoteDirectory {
    package func createTenant(named name: TenantName) async throws -> TenantRecord {
        let answer = try await link.call {
            try await $0.createTenant(
                .with {
                    $0.name = name.value
                    $0.origin = .current
                })
        }
        let record = try answer.record()
        cache.invalidate(.tenantCreated(record.id, name))
        return record
    }

    package func setResourceName(_ name: TenantResourceName, in scope: TenantScope) async throws {
        _ = try await link.call {
            try await $0.setResourceName(
                .with {
                    $0.tenant = EdgeTenantPlace(scope)
                    $0.resourceName = name.value
                    $0.origin = .current
                })
        }
        cache.invalidate(.tenantChanged(scope.tenant, scope.tenantName))
    }

    package func createDatabase(named name: DatabaseName, in scope: TenantScope) async throws
        -> DatabaseRecord
    {
        // What the caller's own request may be named is in its scope alone.
        try scope.quotas.check(name: name, for: .createDatabase)
        let answer = try await link.call {
            try await $0.createDatabase(
                .with {
                    $0.tenant = EdgeTenantPlace(scope)
                    $0.name = name.value
                    $0.origin = .current
                })
        }
        cache.invalidate(.databaseCreated(scope.tenant, name))
        return try answer.record()
    }

    package func deleteDatabase(in scope: DatabaseScope) async throws {
        _ = try await link.call {
            try await $0.deleteDatabase(
                .with {
                    $0.database = EdgeDatabasePlace(scope)
                    $0.origin = .current
                })
        }
        cache.invalidate(.databaseDeleted(scope.tenant, scope.databaseName))
    }

    package func resetToBootstrap() async throws {
        _ = try await link.call { try await $0.resetToBootstrap(.with { $0.origin = .current }) }
        cache.invalidate(.reset)
    }
}

extension RemoteDirectory: LeaseKeeper {
    package func acquire(_ questions: [LeaseTable<RateKey>.Question]) async throws -> [LeaseAnswer]
    {
        let answer = try await link.call {
            try await $0.acquireLeases(
                .with { $0.questions = questions.map { EdgeLeaseQuestion($0) } })
        }
        guard answer.answers.count == questions.count else {
            throw ServiceError.unreadableMessage("answers to other questions")
        }
        return answer.answers.map(\.answer)
    }
}
