import ChromaModel
import Synchronization
import TestSupport
import Testing

@testable import TenantEngine

@Suite("Memory for writes")
struct WriteBudgetTests {
    private static func limits(waitNanoseconds: UInt64 = 60_000_000_000) -> WriteLimits {
        WriteLimits(
            tailBytesMaxPerTenant: 100, tailBytesMax: 1000, pendingBytesMaxPerTenant: 300,
            pendingBytesMax: 3000, waitNanoseconds: waitNanoseconds)
    }

    private static func write(_ bytes: Int) -> WriteSize {
        WriteSize(bytes: bytes, growsTail: true)
    }

    @Test("a tenant has room up to its bound; something larger when it holds nothing else")
    func tenantBound() {
        let bound = SharedBound(maxPerTenant: 100, max: 1000)
        #expect(bound.hasRoom(for: 60, tenant: 40, all: 40))
        #expect(!bound.hasRoom(for: 61, tenant: 40, all: 40))
        #expect(bound.hasRoom(for: 500, tenant: 0, all: 200))
        #expect(!bound.hasRoom(for: 900, tenant: 0, all: 200))
        #expect(bound.hasRoom(for: 5000, tenant: 0, all: 0))
        #expect(!bound.isNear(tenant: 49, all: 49) && bound.isNear(tenant: 50, all: 50))
        #expect(!bound.isNear(all: 499) && bound.isNear(all: 500))
    }

    @Test("however many tenants take all they can, a newcomer finds room", arguments: 1...40)
    func newcomer(tenants: Int) {
        let bound = SharedBound(maxPerTenant: 100, max: 1000)
        var held = [Int](repeating: 0, count: tenants)
        var isFull = false
        while !isFull {
            isFull = true
            for tenant in held.indices
            where bound.hasRoom(for: 1, tenant: held[tenant], all: held.reduce(0, +)) {
                held[tenant] += 1
                isFull = false
            }
        }
        let all = held.reduce(0, +)
        #expect(all <= 1000)
        #expect(bound.hasRoom(for: 20, tenant: 0, all: all), "\(held)")
    }

    @Test("a write past the bound waits until memory is free, and asks for a seal")
    func waits() async throws {
        let budget = WriteBudget(limits: Self.limits())
        let tenant = TenantBudget(of: budget)
        let asked = Atomic(0)
        budget.makeRoom { wanted in
            #expect(wanted === tenant)
            asked.add(1, ordering: .relaxed)
            return true
        }
        tenant.grew(by: 90)
        async let entered: Void = tenant.enter(Self.write(20))
        while tenant.waiting.load(ordering: .relaxed) == 0 { await Task.yield() }
        #expect(tenant.heldBytes == 90)
        tenant.shrank(by: 90)
        try await entered
        #expect(tenant.heldBytes == 20)
        #expect(asked.load(ordering: .relaxed) == 1)
        tenant.leave(Self.write(20))
        #expect(tenant.heldBytes == 0)
    }

    @Test("a write that finds no room in time is refused with 429, and nothing stays counted")
    func timesOut() async throws {
        let budget = WriteBudget(limits: Self.limits(waitNanoseconds: 1_000_000))
        let tenant = TenantBudget(of: budget)
        tenant.grew(by: 100)
        let error = await #expect(throws: ServiceError.self) {
            try await tenant.enter(Self.write(1))
        }
        #expect(error?.code == .resourceExhausted)
        #expect(tenant.waiting.load(ordering: .relaxed) == 0)
        let other = TenantBudget(of: budget)
        try await other.enter(Self.write(50))
        other.leave(Self.write(50))
        #expect(budget.tailBytes == 100)
    }

    @Test("when too much waits already a write is refused at once")
    func tooMuchWaits() async throws {
        let budget = WriteBudget(limits: Self.limits())
        let tenant = TenantBudget(of: budget)
        tenant.grew(by: 100)
        let writes = (0..<3).map { _ in Task { try await tenant.enter(Self.write(100)) } }
        while tenant.waiting.load(ordering: .relaxed) < 300 { await Task.yield() }
        let error = await #expect(throws: ServiceError.self) {
            try await tenant.enter(Self.write(1))
        }
        #expect(error?.code == .resourceExhausted)
        tenant.shrank(by: 100)
        for write in writes {
            // Only one fits at a time; each next one when the one before is done.
            while tenant.entered.load(ordering: .relaxed) == 0 { await Task.yield() }
            tenant.leave(Self.write(100))
            _ = write
        }
        for write in writes { try await write.value }
    }

    @Test("a delete needs no room in the tail")
    func deletes() async throws {
        let budget = WriteBudget(limits: Self.limits())
        let tenant = TenantBudget(of: budget)
        tenant.grew(by: 1000)
        let size = WriteSize(bytes: 50, growsTail: false)
        try await tenant.enter(size)
        tenant.leave(size)
    }

    @Test("random writers of random tenants: bounds hold, all get in", arguments: 0..<10)
    func random(seed: Int) async throws {
        let budget = WriteBudget(limits: Self.limits())
        let random = SeededRandom(seed: UInt64(seed))
        let tenants = (0..<8).map { _ in TenantBudget(of: budget) }
        // Sealing: all that a tenant has in memory leaves it.
        budget.makeRoom { wanted in
            for tenant in tenants where wanted == nil || tenant === wanted {
                tenant.shrank(by: tenant.tailBytes)
            }
            return false
        }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<400 {
                let tenant = tenants[random.below(8)]
                let write = Self.write(1 + random.below(60))
                group.addTask {
                    do { try await tenant.enter(write) } catch { return }
                    let held = tenant.heldBytes
                    #expect(held <= 160, "seed \(seed)")
                    await Task.yield()
                    tenant.leave(write)
                }
            }
        }
        for tenant in tenants {
            #expect(tenant.heldBytes == 0 && tenant.waiting.load(ordering: .relaxed) == 0)
        }
    }
}
