import Foundation
import Platform
import TenantStorage
import TestSupport
import Testing

@Suite("The log after a crash")
struct LogPowerCutTests {
    /// Crash states looked at after each operation; more by `CRASH_SEEDS`.
    static let seeds = UInt64(0)..<seedCount(24)

    static func seedCount(_ usual: UInt64) -> UInt64 {
        ProcessInfo.processInfo.environment["CRASH_SEEDS"].flatMap(UInt64.init) ?? usual
    }

    /// Runs the script up to every operation, cuts the power and looks at what is left.
    ///
    /// - Returns: states looked at, and what was wrong with them.
    static func cutEverywhere(
        _ script: LogScript, seeds: Range<UInt64> = seeds,
        lie: LyingFileSystem.Lie? = nil
    ) throws -> (points: Int, states: Int, violations: [String]) {
        let rehearsal = try LogScript.emptyDisk()
        let before = rehearsal.operationCount
        _ = script.run(on: lie.map { LyingFileSystem(rehearsal, $0) } ?? rehearsal)
        let operations = rehearsal.operationCount - before
        var states = 0
        var violations: [String] = []
        for point in 0...operations {
            let disk = try LogScript.emptyDisk()
            disk.use(.stop(after: point))
            let outcome = script.run(on: lie.map { LyingFileSystem(disk, $0) } ?? disk)
            for seed in seeds {
                states += 1
                let left = disk.crash(seed: seed)
                if let violation = LogScript.violation(of: outcome, on: left) {
                    violations.append("operation \(point), seed \(seed): \(violation)")
                }
            }
        }
        return (operations + 1, states, violations)
    }

    @Test("a power cut after any operation loses nothing acknowledged and halves nothing")
    func powerCut() throws {
        let (points, states, violations) = try Self.cutEverywhere(.standard)
        print("power cuts: \(points) points × \(Self.seeds) = \(states), \(violations.count) bad")
        #expect(violations.isEmpty, "\(violations.prefix(5))")
    }

    @Test("killing the process at any operation loses nothing acknowledged")
    func kill() throws {
        let operations = try Self.operationCount(of: .standard)
        for point in 0...operations {
            let disk = try LogScript.emptyDisk()
            disk.use(.stop(after: point))
            let outcome = LogScript.standard.run(on: disk)
            #expect(
                LogScript.violation(of: outcome, on: disk.kill()) == nil, "operation \(point)")
        }
    }

    /// The next process reads from the cache what no disk has yet. What recovery returned is
    /// relied on (the catalog remembers it), so the power must not take it back.
    @Test("what recovery found stays found when the power goes right after it")
    func killThenPowerCut() throws {
        let operations = try Self.operationCount(of: .standard)
        var states = 0
        var violations: [String] = []
        for point in 0...operations {
            let disk = try LogScript.emptyDisk()
            disk.use(.stop(after: point))
            _ = LogScript.standard.run(on: disk)
            let next = disk.kill()
            let found = LogScript.Outcome(acknowledged: try LogScript.replay(next).0)
            for seed in UInt64(0)..<Self.seedCount(6) {
                states += 1
                let left = next.crash(seed: seed)
                if let violation = LogScript.violation(of: found, on: left) {
                    violations.append("operation \(point), seed \(seed): \(violation)")
                }
            }
        }
        print("kill, recovery, power cut: \(states) states, \(violations.count) bad")
        #expect(violations.isEmpty, "\(violations.prefix(5))")
    }

    @Test("recovery can itself be cut short, three times in a row")
    func crashDuringRecovery() throws {
        let operations = try Self.operationCount(of: .standard)
        let random = SeededRandom(seed: 77)
        var states = 0
        var violations: [String] = []
        for point in 0...operations {
            for _ in 0..<Self.seedCount(6) {
                var disk = try LogScript.emptyDisk()
                disk.use(.stop(after: point))
                let outcome = LogScript.standard.run(on: disk)
                for _ in 0..<3 {
                    disk = disk.crash(seed: random.next())
                    disk.use(.stop(after: random.below(12)))
                    _ = try? LogScript.open(disk)
                    states += 1
                }
                disk = disk.crash(seed: random.next())
                if let violation = LogScript.violation(of: outcome, on: disk) {
                    violations.append("operation \(point): \(violation)")
                }
            }
        }
        print("crashed recoveries: \(states), seed 77, \(violations.count) bad")
        #expect(violations.isEmpty, "\(violations.prefix(5))")
    }

    @Test(
        "the power cut test finds a planted fault",
        arguments: [
            LyingFileSystem.Lie.skipsDataSync, .skipsDirectorySync, .writesLate, .marksBeforeSync,
        ])
    func catchesPlantedFault(lie: LyingFileSystem.Lie) throws {
        let (_, states, violations) = try Self.cutEverywhere(.standard, seeds: 0..<4, lie: lie)
        print("planted \(lie): \(violations.count) of \(states) states bad")
        #expect(!violations.isEmpty)
    }

    static func operationCount(of script: LogScript) throws -> Int {
        let disk = try LogScript.emptyDisk()
        let before = disk.operationCount
        _ = script.run(on: disk)
        return disk.operationCount - before
    }
}
