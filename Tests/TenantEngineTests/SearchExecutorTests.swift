import ChromaModel
import Dispatch
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import TenantEngine

@Suite("The executor of searches")
struct SearchExecutorTests {
    private static let loud = TenantID(UniqueID(high: 1, low: 1))
    private static let quiet = TenantID(UniqueID(high: 2, low: 2))

    @Test("a tenant that takes all it may leaves a thread for its neighbour")
    func neighbour() async throws {
        let executor = SearchExecutor(coresMax: 2)
        let gate = DispatchSemaphore(value: 0)
        let flood = (0..<5).map { number in
            Task {
                try await executor.run(for: Self.loud) { _ in
                    gate.wait()
                    return number
                }
            }
        }
        // It would never end if the flood held all threads.
        #expect(try await executor.run(for: Self.quiet) { _ in 7 } == 7)
        for _ in flood { gate.signal() }
        for (number, task) in flood.enumerated() {
            let answer = try await task.value
            #expect(answer == number)
        }
        await executor.shutDown()
    }

    @Test("a job that is given up before its turn doesn't run")
    func cancellation() async throws {
        let executor = SearchExecutor(coresMax: 1)
        let (began, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let first = Task {
            try await executor.run(for: Self.loud) { _ in
                began.signal()
                gate.wait()
            }
        }
        await Self.wait(for: began)
        let runs = Runs()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: CancellationError.self) {
                    try await executor.run(for: Self.loud) { _ in runs.add() }
                }
            }
            group.cancelAll()
            try await group.waitForAll()
        }
        gate.signal()
        try await first.value
        // It comes after the one that was given up.
        try await executor.run(for: Self.loud) { _ in }
        #expect(runs.count == 0)
        await executor.shutDown()
    }

    @Test("a job that runs is told that nobody waits for it, and one past its time doesn't run")
    func deadlines() async throws {
        let executor = SearchExecutor(coresMax: 1)
        let (began, deadline) = (DispatchSemaphore(value: 0), SearchDeadline(secondsMax: nil))
        let search = Task {
            try await executor.run(for: Self.loud, until: deadline) { _ in
                began.signal()
                while true { try deadline.check() }
            }
        }
        await Self.wait(for: began)
        search.cancel()
        await #expect(throws: CancellationError.self) { try await search.value }
        let runs = Runs()
        await #expect(throws: ServiceError.self) {
            try await executor.run(for: Self.loud, until: SearchDeadline(secondsMax: 0)) { _ in
                runs.add()
            }
        }
        #expect(runs.count == 0)
        await executor.shutDown()
    }

    /// Seen by what runs in the task, on whichever thread, and by nothing that another thread runs.
    @TaskLocal private static var isCaller = false

    @Test("short searches run on the thread that asks, but those of who takes much beside others")
    func shortSearches() async throws {
        let time = ManualTimeSource()
        let executor = SearchExecutor(coresMax: 2, time: time)
        func runsHere(_ tenant: TenantID, isShort: Bool = true) async throws -> Bool {
            try await Self.$isCaller.withValue(true) {
                try await executor.run(for: tenant, isShort: isShort) { _ in Self.isCaller }
            }
        }
        #expect(try await runsHere(Self.loud))
        #expect(try await runsHere(Self.loud, isShort: false) == false)
        // A neighbour came, and both take little.
        #expect(try await runsHere(Self.quiet))
        #expect(try await runsHere(Self.loud))
        // Here, so that it is counted before the next one comes.
        try await executor.run(for: Self.loud, isShort: true) { _ in
            let began = ThreadCPU.nanoseconds()
            while ThreadCPU.nanoseconds() < began + 15_000_000 {}
        }
        #expect(try await runsHere(Self.quiet))
        #expect(try await runsHere(Self.loud) == false)
        // The neighbour has been away for a while.
        time.advance(nanoseconds: 60_000_000)
        #expect(try await runsHere(Self.loud))
        await executor.shutDown()
        await #expect(throws: ServiceError.self) { _ = try await runsHere(Self.loud) }
    }

    @Test("searches are short after many cheap ones, and no more after a dear one or a disk's")
    func recentCost() {
        let cost = RecentCost()
        #expect(!cost.isShort)
        for _ in 0..<30 { cost.note(microseconds: 20, waitedForDisk: false) }
        #expect(cost.isShort)
        cost.note(microseconds: RecentCost.shortMicroseconds + 1, waitedForDisk: false)
        #expect(!cost.isShort)
        cost.note(microseconds: 20, waitedForDisk: false)
        #expect(cost.isShort)
        cost.note(microseconds: 20, waitedForDisk: true)
        for _ in 0..<50 { cost.note(microseconds: 20, waitedForDisk: false) }
        #expect(!cost.isShort)
        for _ in 0..<100 { cost.note(microseconds: 20, waitedForDisk: false) }
        #expect(cost.isShort)
    }

    @Test("what a job throws is what its caller gets, and the next one runs")
    func failure() async throws {
        struct Failed: Error {}
        let executor = SearchExecutor(coresMax: 1)
        await #expect(throws: Failed.self) {
            try await executor.run(for: Self.loud) { _ in throw Failed() }
        }
        #expect(try await executor.run(for: Self.loud) { _ in 1 } == 1)
        await executor.shutDown()
        await #expect(throws: ServiceError.self) {
            try await executor.run(for: Self.loud) { _ in }
        }
    }

    @Test("queries that are divided among threads are answered in their order")
    func batch() async throws {
        let world = try await EngineWorld { $0.searchThreads = 3 }
        let id = try await world.createCollection("vectors").id
        let rows = (0..<20).map { [Float($0), 0] }
        try await world.write(.add, .of(rows.indices.map { "\($0)" }, rows), to: id)
        for count in [1, 2, 3, 7, 20] {
            let request = QueryRequest(
                embeddings: .rows(Array(rows.prefix(count))), resultCount: 1)
            let answers = try await world.host.query(request, in: id, in: world.scope)
            #expect(answers.map { $0.map(\.id.value) } == (0..<count).map { ["\($0)"] })
        }
    }

    /// Counts on any thread.
    private final class Runs: Sendable {
        private let counter = Atomic(0)
        var count: Int { counter.load(ordering: .relaxed) }
        func add() { counter.wrappingAdd(1, ordering: .relaxed) }
    }

    private static func wait(for semaphore: DispatchSemaphore) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                semaphore.wait()
                continuation.resume()
            }
        }
    }
}
