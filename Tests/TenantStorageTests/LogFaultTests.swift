import Glibc
import Platform
import TenantStorage
import TestSupport
import Testing

@Suite("The log on a failing disk")
struct LogFaultTests {
    /// Plays the script under a plan and checks what the next process finds: after a kill, and
    /// after power cuts.
    private static func violations(
        _ script: LogScript, _ plan: FaultPlan, lie: LyingFileSystem.Lie? = nil
    ) throws -> [String] {
        let disk = try LogScript.emptyDisk()
        disk.use(plan)
        let outcome = script.run(on: lie.map { LyingFileSystem(disk, $0) } ?? disk)
        var found: [String] = []
        if outcome.acknowledgedAfterFailure > 0 { found.append("acknowledged after a failed sync") }
        if let violation = LogScript.violation(of: outcome, on: disk.kill()) {
            found.append("kill: \(violation)")
        }
        for seed in UInt64(0)..<3 {
            if let violation = LogScript.violation(of: outcome, on: disk.crash(seed: seed)) {
                found.append("power cut, seed \(seed): \(violation)")
            }
        }
        return found
    }

    @Test("an error of any one call loses nothing acknowledged", arguments: [EIO, ENOSPC])
    func oneError(errno: Int32) throws {
        let operations = try LogPowerCutTests.operationCount(of: .standard)
        var violations: [String] = []
        for point in 1...operations {
            let plan = FaultPlan.fail(at: point, errno: errno)
            violations += try Self.violations(.standard, plan).map { "operation \(point): \($0)" }
        }
        print("errno \(errno) once: \(operations) points, \(violations.count) bad")
        #expect(violations.isEmpty, "\(violations.prefix(5))")
    }

    @Test("a burst of errors of any length loses nothing acknowledged", arguments: [EIO, ENOSPC])
    func burst(errno: Int32) throws {
        let operations = try LogPowerCutTests.operationCount(of: .standard)
        var violations: [String] = []
        for point in 1...operations {
            for count in [2, 4, 1_000] {
                let plan = FaultPlan.fail(at: point, count: count, errno: errno)
                violations += try Self.violations(.standard, plan).map {
                    "operation \(point), \(count) errors: \($0)"
                }
            }
        }
        print("errno \(errno) in bursts: \(operations * 3) runs, \(violations.count) bad")
        #expect(violations.isEmpty, "\(violations.prefix(5))")
    }

    @Test("every failed sync, once and in bursts, loses nothing acknowledged")
    func failedSyncs() throws {
        var runs = 0
        var violations: [String] = []
        for sync in 1...24 {
            for count in [1, 2, 3] {
                runs += 1
                let plan = FaultPlan.fail(.syncData, at: sync, count: count, errno: EIO)
                violations += try Self.violations(.standard, plan).map { "sync \(sync): \($0)" }
            }
        }
        print("failed syncs: \(runs) runs, \(violations.count) bad")
        #expect(violations.isEmpty, "\(violations.prefix(5))")
    }

    @Test("this suite finds hidden sync errors when they are planted")
    func catchesHiddenSyncErrors() throws {
        var violations: [String] = []
        for sync in 2...6 {
            let plan = FaultPlan.fail(.syncData, at: sync, errno: EIO)
            violations += try Self.violations(.standard, plan, lie: .hidesSyncErrors)
        }
        #expect(!violations.isEmpty)
    }

    @Test("after a failed sync the writer refuses everything; reopening drops what it refused")
    func poisoned() throws {
        let disk = try LogScript.emptyDisk()
        let (log, _) = try LogScript.open(disk)
        let kept = LogScript.entry(1, bytes: 50)
        _ = try log.append([kept])
        let end = log.end
        disk.use(.fail(.syncData, at: 1, errno: EIO))
        #expect(throws: FileError.self) { try log.append([LogScript.entry(2, bytes: 50)]) }
        let operations = disk.operationCount
        #expect(throws: FileError.self) { try log.append([LogScript.entry(3, bytes: 50)]) }
        #expect(disk.operationCount == operations, "a poisoned writer touches nothing")
        #expect(log.end == end)
        let (reopened, found) = try LogScript.open(disk, durableEnd: end)
        #expect(found == [kept])
        let next = LogScript.entry(4, bytes: 50)
        _ = try reopened.append([next])
        for seed in UInt64(0)..<20 {
            #expect(try LogScript.replay(disk.crash(seed: seed)).0 == [kept, next])
        }
    }

    @Test("a full disk refuses the write and takes it when there is room again")
    func outOfSpace() throws {
        let disk = try LogScript.emptyDisk()
        let (log, _) = try LogScript.open(disk)
        let kept = LogScript.entry(1, bytes: 50)
        _ = try log.append([kept])
        disk.use(.failAll(.write, errno: ENOSPC))
        for _ in 0..<3 {
            let error = #expect(throws: FileError.self) { try log.append([kept]) }
            #expect(error?.isOutOfSpace == true)
        }
        #expect(log.failure == nil)
        disk.use(.none)
        _ = try log.append([kept])
        #expect(try LogScript.replay(disk.crash(seed: 1)).0 == [kept, kept])
    }
}
