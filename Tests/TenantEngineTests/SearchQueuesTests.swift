import ChromaModel
import TestSupport
import Testing

@testable import TenantEngine

@Suite("On what kind of thread a search runs")
struct SearchQueuesTests {
    private static func tenant(_ number: Int) -> TenantID {
        TenantID(UniqueID(high: 1, low: UInt64(number)))
    }
    private let loud = tenant(1)
    private let quiet = tenant(2)

    /// Two cores, and a tenant that has just taken far more than the other.
    private func flooded() throws -> SearchQueues {
        var queues = SearchQueues(coresMax: 2)
        for (tenant, cost) in [(loud, 80_000), (quiet, 100)] {
            queues.arrived(tenant, at: 0)
            queues.add(SearchJob(), for: tenant)
            let taken = queues.takeNext(on: .prompt)
            queues.ended(try #require(taken), cost: cost)
        }
        return queues
    }

    @Test("a flood gets bulk threads alone, its neighbour a prompt one")
    func flood() throws {
        var queues = try flooded()
        for _ in 0..<5 { queues.add(SearchJob(), for: loud) }
        let prompt = queues.takeNext(on: .prompt)
        #expect(prompt == nil)
        let bulk = (0..<3).map { _ in queues.takeNext(on: .bulk) }
        #expect(bulk.map { $0 != nil } == [true, true, false])
        let job = SearchJob()
        queues.add(job, for: quiet)
        let next = queues.takeNext(on: .prompt)
        #expect(next?.job === job)
    }

    @Test("beside a flood, who takes little has short searches run at once, and the flood has not")
    func shortSearches() throws {
        var queues = try flooded()
        queues.arrived(loud, at: 1_000)
        queues.arrived(quiet, at: 2_000)
        let job = SearchJob()
        let quietTurn = queues.takeHere(job, for: quiet)
        #expect(quietTurn?.job === job)
        #expect(quietTurn?.thread == nil)
        let loudTurn = queues.takeHere(SearchJob(), for: loud)
        #expect(loudTurn == nil)
        queues.ended(try #require(quietTurn), cost: 100)
    }

    @Test("who isn't heavy gets a bulk thread when no prompt one is free, and not before")
    func overflow() throws {
        var queues = SearchQueues(coresMax: 1)
        queues.arrived(loud, at: 0)
        queues.add(SearchJob(), for: loud)
        let early = queues.takeNext(on: .bulk)
        #expect(early == nil)
        let first = queues.takeNext(on: .prompt)
        #expect(first != nil)
        let job = SearchJob()
        queues.add(job, for: quiet)
        let second = queues.takeNext(on: .bulk)
        #expect(second?.job === job)
    }

    @Test("whoever comes and whatever it costs, all jobs run, no more at once than threads")
    func random() {
        for seed in UInt64(0)..<200 {
            let random = SeededRandom(seed: seed)
            var queues = SearchQueues(coresMax: 1 + random.below(3))
            var running: [SearchQueues.Turn] = []
            var (toCome, ended, now) = (60, 0, UInt64(0))
            func start() {
                while let turn = queues.takeNext(on: .prompt) ?? queues.takeNext(on: .bulk) {
                    running.append(turn)
                }
            }
            while toCome > 0 || !running.isEmpty {
                now += UInt64(random.below(20_000_000))
                if toCome > 0, running.isEmpty || random.below(2) == 0 {
                    let tenant = Self.tenant(random.below(3))
                    queues.arrived(tenant, at: now)
                    queues.add(SearchJob(), for: tenant)
                    toCome -= 1
                } else {
                    let turn = running.remove(at: random.below(running.count))
                    queues.ended(turn, cost: random.below(30_000))
                    ended += 1
                }
                start()
                #expect(running.count { $0.thread == .bulk } <= 3, "seed \(seed)")
            }
            #expect(ended == 60, "seed \(seed)")
        }
    }
}
