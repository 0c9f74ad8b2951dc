import Access
import ChromaModel
import Directory
import Platform
import TestSupport
import Testing

struct DirectoryCacheTests {
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
            #expect(try await cache.value(name, in: .tenants) { value } == value)
            #expect(try await cache.value(name, in: .tenants) { fatalLoad() } == value)
        }
        time.advance(seconds: DirectoryCache.trustSeconds)
        #expect(try await cache.value(name, in: .tenants) { record } == record)
        #expect(try await cache.value(name, in: .tenants) { nil } == nil)
    }

    @Test("a value that was loading while it changed is not kept")
    func race() async throws {
        let cache = DirectoryCache(time: time)
        cache.trust(fromNanoseconds: time.monotonicNanoseconds())
        let stale = try await cache.value(name, in: .tenants) {
            cache.invalidate(.tenantDeleted(record.id, name))
            return record
        }
        #expect(stale == record)
        #expect(try await cache.value(name, in: .tenants) { nil } == nil)
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

    @Test("what was known longer ago than before doesn't shorten the trust")
    func monotone() async throws {
        let cache = DirectoryCache(time: time)
        time.advance(seconds: 100)
        let now = time.monotonicNanoseconds()
        cache.trust(fromNanoseconds: now)
        cache.trust(fromNanoseconds: now - 4_000_000_000)
        _ = try await cache.value(name, in: .tenants) { record }
        time.advance(seconds: 3)
        #expect(try await cache.value(name, in: .tenants) { fatalLoad() } == record)
    }

    private func fatalLoad() -> TenantRecord? {
        Issue.record("the cache asked again")
        return nil
    }
}
