import ChromaModel
import Dispatch
import Synchronization
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
                try await executor.run(for: Self.loud) {
                    gate.wait()
                    return number
                }
            }
        }
        // It would never end if the flood held all threads.
        #expect(try await executor.run(for: Self.quiet) { 7 } == 7)
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
            try await executor.run(for: Self.loud) {
                began.signal()
                gate.wait()
            }
        }
        await Self.wait(for: began)
        let runs = Runs()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: CancellationError.self) {
                    try await executor.run(for: Self.loud) { runs.add() }
                }
            }
            group.cancelAll()
            try await group.waitForAll()
        }
        gate.signal()
        try await first.value
        // It comes after the one that was given up.
        try await executor.run(for: Self.loud) {}
        #expect(runs.count == 0)
        await executor.shutDown()
    }

    @Test("what a job throws is what its caller gets, and the next one runs")
    func failure() async throws {
        struct Failed: Error {}
        let executor = SearchExecutor(coresMax: 1)
        await #expect(throws: Failed.self) {
            try await executor.run(for: Self.loud) { throw Failed() }
        }
        #expect(try await executor.run(for: Self.loud) { 1 } == 1)
        await executor.shutDown()
        await #expect(throws: ServiceError.self) {
            try await executor.run(for: Self.loud) {}
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
