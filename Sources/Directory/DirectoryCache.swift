import Access
import ChromaModel
import Platform
import Synchronization

/// What was lately read from the directory, absences included.
///
/// An entry is served only while it is known that every change was heard of up to at most
/// `trustSeconds` ago; past that every look-up goes to whom the cache stands for. So whoever
/// changes the directory, in whichever process, a cached token is never served longer than that.
package final class DirectoryCache: Sendable {
    /// The authority lease L of the control plane's design (§3.6).
    package static let trustSeconds: UInt64 = 5
    private static let countMax = 100_000
    /// Issuers are few; most of what is asked for is made up by who sends tokens.
    private static let issuersMax = 4096
    private static let listingsMax = 10_000
    /// Databases of a tenant above which its listing is not kept.
    package static let listedMax = 1000

    package struct State {
        package var tokens = BoundedCache<TokenKeyID, TokenRecord?>(countMax: countMax)
        package var issuers = BoundedCache<IssuerURL, IssuerRecord?>(countMax: issuersMax)
        package var tenants = BoundedCache<TenantName, TenantRecord?>(countMax: countMax)
        package var databases = BoundedCache<DatabaseKey, DatabaseRecord?>(countMax: countMax)
        package var overrides = BoundedCache<TenantID, [QuotaOverride]?>(countMax: countMax)
        /// All of a tenant's, in order of creation; nil for too many to keep.
        package var listings = BoundedCache<TenantID, [DatabaseRecord]?>(countMax: listingsMax)
        /// Raised by every change: a value that was being loaded meanwhile is not stored.
        var generation: UInt64 = 0
        var trustedUntilNanoseconds: UInt64 = 0
    }

    package struct DatabaseKey: Hashable, Sendable {
        package let tenant: TenantID
        package let name: DatabaseName

        package init(tenant: TenantID, name: DatabaseName) {
            self.tenant = tenant
            self.name = name
        }
    }

    private let state = Mutex(State())
    private let time: any TimeSource

    package init(time: any TimeSource) { self.time = time }

    /// The cached value of a key, or the loaded one. Compiled for what each request looks up:
    /// for types that are known at run time only, a look-up costs several times as much.
    @specialized(where Key == TokenKeyID, Value == TokenRecord)
    @specialized(where Key == TenantName, Value == TenantRecord)
    @specialized(where Key == DatabaseKey, Value == DatabaseRecord)
    @specialized(where Key == TenantID, Value == [QuotaOverride])
    package func value<Key: Hashable & Sendable, Value: Sendable>(
        _ key: Key, in table: CacheTable<Key, Value>, load: () async throws -> Value?
    ) async throws -> Value? {
        let now = time.monotonicNanoseconds()
        let (cached, generation) = state.withLock { state -> (Value??, UInt64?) in
            guard now < state.trustedUntilNanoseconds else { return (nil, nil) }
            return (table.find(&state, key), state.generation)
        }
        if let cached { return cached }
        let loaded = try await load()
        state.withLock { state in
            guard generation == state.generation else { return }
            table.insert(&state, key, loaded)
        }
        return loaded
    }

    /// Every change up to this monotonic time has been heard of. One that lies further back than
    /// what was known before changes nothing.
    package func trust(fromNanoseconds known: UInt64) {
        state.withLock {
            $0.trustedUntilNanoseconds = max(
                $0.trustedUntilNanoseconds, known + Self.trustSeconds * 1_000_000_000)
        }
    }

    /// Whether what is cached may be served now.
    package var isTrusted: Bool {
        let now = time.monotonicNanoseconds()
        return state.withLock { now < $0.trustedUntilNanoseconds }
    }

    package func invalidate(_ change: DirectoryChange) {
        state.withLock { state in
            state.generation += 1
            switch change {
            case .tenantCreated(_, let name), .tenantChanged(_, let name):
                state.tenants.remove(name)
            case .databaseCreated(let tenant, let name):
                state.databases.remove(DatabaseKey(tenant: tenant, name: name))
                state.listings.remove(tenant)
            case .tokenChanged(let keyID):
                state.tokens.remove(keyID)
            case .issuerChanged(let url):
                state.issuers.remove(url)
            case .quotaChanged(let id, let name):
                state.tenants.remove(name)
                state.overrides.remove(id)
            case .databaseDeleted(let tenant, let name):
                state.databases.remove(DatabaseKey(tenant: tenant, name: name))
                state.overrides.remove(tenant)
                state.listings.remove(tenant)
                // Restricted tokens list it. Reading tokens again is cheap, finding them is not.
                state.tokens.removeAll()
            case .tenantDeleted(let id, let name):
                state.tenants.remove(name)
                state.listings.remove(id)
                state.tokens.removeAll()
            case .pricesChanged: break
            case .reset:
                state.forgetAll()
            }
        }
    }
}

extension DirectoryCache.State {
    fileprivate mutating func forgetAll() {
        tokens.removeAll()
        issuers.removeAll()
        tenants.removeAll()
        databases.removeAll()
        overrides.removeAll()
        listings.removeAll()
    }
}
