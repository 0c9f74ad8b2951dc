import RateLimits
import TestSupport
import Testing

@Suite("Leased rate limits")
struct LeaseBoundTests {
    private static let runs = 120
    /// Some faults show in one run of fifty.
    private static let faultyRunsMax = 2000

    @Test("never admit more than the stated bound, whatever clocks, delays and crashes do")
    func bound() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        let random = SeededRandom(seed: seed)
        var worst = 0.0
        for run in 0..<Self.runs {
            let setting = Self.setting(random, fault: nil)
            var simulation = try #require(LeaseSimulation(setting, random: random))
            simulation.run()
            worst = max(worst, simulation.worst)
            #expect(simulation.worst <= 1, "seed \(seed), run \(run), \(setting)")
        }
        print("leased rate limits: \(Self.runs) runs, worst \(worst) of the bound, seed \(seed)")
    }

    @Test("use at least 95 % of the rate when more is asked for, and ask the bucket seldom")
    func goodput() throws {
        let setting = LeaseSimulation.Setting(
            ratePerSecond: 1000, burst: 1000, frontendCount: 8, overload: 3, costMax: 1, spread: 0,
            delayNanosecondsMax: 2_000_000, clockError: 0, crashes: false, seconds: 20,
            plantedFault: nil)
        let seed: UInt64 = 7
        var simulation = try #require(
            LeaseSimulation(setting, random: SeededRandom(seed: seed)))
        simulation.run()
        let perSecond = simulation.lanes[0].admitted / 20
        print("admitted \(perSecond)/s of 1000/s, \(simulation.questions / 20) questions/s")
        #expect(perSecond >= 950)
        #expect(simulation.worst <= 1)
        #expect(simulation.questions / 20 < 1000)
    }

    @Test("give every token its own lower rate, and no more, beside its tenant's")
    func tokens() throws {
        let setting = LeaseSimulation.Setting(
            ratePerSecond: 1000, burst: 1000, frontendCount: 4, tokenCount: 3, tokenShare: 0.2,
            overload: 3, costMax: 1, spread: 0, delayNanosecondsMax: 2_000_000, clockError: 0,
            crashes: false, seconds: 20, plantedFault: nil)
        var simulation = try #require(LeaseSimulation(setting, random: SeededRandom(seed: 7)))
        simulation.run()
        let perSecond = simulation.lanes.map { $0.admitted / 20 }
        print("admitted \(perSecond)/s of 1000/s and 200/s for each of three tokens")
        #expect(simulation.worst <= 1)
        for token in perSecond.dropFirst() { #expect(token >= 0.95 * 200) }
        // What a token is refused costs the tenant nothing.
        #expect(abs(perSecond[0] - perSecond.dropFirst().reduce(0, +)) < 1e-6)
    }

    @Test("are caught by the check when they are wrong", arguments: LeaseSimulation.Fault.allCases)
    func faults(_ fault: LeaseSimulation.Fault) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        let random = SeededRandom(seed: seed)
        var runs = 0
        var isCaught = false
        while !isCaught, runs < Self.faultyRunsMax {
            let setting = Self.setting(random, fault: fault)
            var simulation = try #require(LeaseSimulation(setting, random: random))
            simulation.run()
            isCaught = simulation.worst > 1
            runs += 1
        }
        print("\(fault): caught after \(runs) runs, seed \(seed)")
        #expect(isCaught, "seed \(seed)")
    }

    private static func setting(_ random: SeededRandom, fault: LeaseSimulation.Fault?)
        -> LeaseSimulation.Setting
    {
        let rate = [20.0, 100, 300][random.below(3)]
        return LeaseSimulation.Setting(
            ratePerSecond: rate, burst: rate * [0.1, 0.5, 1, 3][random.below(4)],
            frontendCount: 1 + random.below(8), tokenCount: [0, 1, 3][random.below(3)],
            tokenShare: [0.3, 0.7][random.below(2)], overload: [0.5, 1, 3][random.below(3)],
            costMax: [1.0, 4, 20][random.below(3)], spread: [0, 0.5][random.below(2)],
            delayNanosecondsMax: [1_000, 5_000_000, 300_000_000][random.below(3)],
            clockError: [0, 0.05][random.below(2)], crashes: random.below(2) == 0, seconds: 4,
            plantedFault: fault)
    }
}
