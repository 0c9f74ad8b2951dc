import Access
import ChromaModel
import Directory
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

struct CacheTests {
    private let time = ManualTimeSource()
    private let name = TenantName("acme")
    private let record = TenantRecord(
        id: TenantID(UniqueID(high: 1, low: 1)), name: TenantName("acme"),
        createdAtMilliseconds: 0)

    @Test("a value is loaded once while the log is followed, absences too, and then always")
    func lease() async throws {
        let cache = DirectoryCache(time: time)
        cache.trust(fromNanoseconds: time.monotonicNanoseconds())
        for value in [record, nil] {
            cache.invalidate(.reset)
            #expect(try await cache.value(name, in: \.tenants) { value } == value)
            #expect(try await cache.value(name, in: \.tenants) { fatalLoad() } == value)
        }
        time.advance(seconds: DirectoryCache.trustSeconds)
        #expect(try await cache.value(name, in: \.tenants) { record } == record)
        #expect(try await cache.value(name, in: \.tenants) { nil } == nil)
    }

    @Test("a value that was loading while it changed is not kept")
    func race() async throws {
        let cache = DirectoryCache(time: time)
        cache.trust(fromNanoseconds: time.monotonicNanoseconds())
        let stale = try await cache.value(name, in: \.tenants) {
            cache.invalidate(.tenantDeleted(record.id, name))
            return record
        }
        #expect(stale == record)
        #expect(try await cache.value(name, in: \.tenants) { nil } == nil)
    }

    @Test("a flood of unknown keys does not push out one in use")
    func bounded() {
        var cache = BoundedCache<Int, Int>(countMax: 100)
        cache.insert(1, for: -1)
        for key in 0..<10_000 {
            cache.insert(0, for: key)
            if key % 10 == 0 { #expect(cache.find(-1) == 1) }
            #expect(cache.count <= 101)
        }
        #expect(cache.find(5) == nil)
    }

    @Test("another process's changes arrive through the epoch log")
    func tail() async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme")
            let token = try await fixture.makeToken(tenant)
            let tail = Task { try await fixture.controlPlane.run() }
            while try await !isCached(token, fixture) { await Task.yield() }

            let other = try fixture.another()
            try await other.controlPlane.revokeToken(token.record.keyID, of: tenant.id)
            // Ends when the change has arrived; the clock stands still, so no lease runs out.
            while try await fixture.accepts(token.secretText) { await Task.yield() }
            tail.cancel()
            _ = try? await tail.value
        }
    }

    @Test("epochs are committed in their order, whoever writes")
    func epochOrder() async throws {
        try await Fixture.run { fixture in
            let reader = Task {
                var seen: [Int64] = []
                while seen.count < 60 {
                    seen += try await EpochLog.changes(after: seen.last ?? 0, in: fixture.pool)
                        .map(\.epoch)
                }
                return seen
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<6 {
                    group.addTask {
                        for number in 0..<10 {
                            _ = try await fixture.makeTenant("tenant-\(writer)-\(number)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            // A reader that follows by number has missed none.
            #expect(try await reader.value == Array(1...60))
        }
    }

    /// Whether a look-up of the token no longer asks the database.
    private func isCached(_ token: MintedToken, _ fixture: Fixture) async throws -> Bool {
        struct NotCached: Error {}
        _ = try await fixture.controlPlane.token(token.record.keyID)
        do {
            return try await fixture.controlPlane.cache.value(token.record.keyID, in: \.tokens) {
                throw NotCached()
            } != nil
        } catch is NotCached {
            return false
        }
    }

    private func fatalLoad() -> TenantRecord? {
        Issue.record("the cache asked again")
        return nil
    }
}
