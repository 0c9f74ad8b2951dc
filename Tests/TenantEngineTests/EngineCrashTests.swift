import ChromaModel
import Foundation
import Glibc
import Platform
import TestSupport
import Testing

@testable import TenantEngine

/// The whole engine, seals and checkpoints included, crashed after every I/O operation.
@Suite("The engine after a crash")
struct EngineCrashTests {
    /// Crash states looked at after each operation; more by `CRASH_SEEDS`.
    private static let seeds =
        UInt64(0)..<(ProcessInfo.processInfo.environment["CRASH_SEEDS"].flatMap(UInt64.init) ?? 8)

    /// Plays the script until the disk stops or the script ends.
    ///
    /// - Returns: how many steps were done, and whether one more was tried.
    private static func play(_ script: EngineScript, on disk: any FileSystem) async throws -> Int {
        let world = try await EngineWorld(on: disk, scope: script.scope)
        var done = 0
        for step in script.steps {
            do {
                switch step {
                case .seal: try await world.seal()
                case .restart: await world.restart()
                default: try await script.perform(step, on: world.host)
                }
            } catch { break }
            done += 1
        }
        await world.host.close()
        return done
    }

    /// A disk on which the directory above the tenants' is durable, as the operator made it.
    private static func emptyDisk() throws -> SimulatedFileSystem {
        let disk = SimulatedFileSystem()
        try disk.createDirectory("/simulated")
        try disk.syncDirectory("/")
        return disk
    }

    private static func operationCount(_ script: EngineScript) async throws -> Int {
        let disk = try emptyDisk()
        let before = disk.operationCount
        #expect(try await play(script, on: disk) == script.steps.count)
        return disk.operationCount - before
    }

    /// Looks at every crash state of every point.
    private static func crashEverywhere(
        _ script: EngineScript, seeds: Range<UInt64>, every stride: Int = 1,
        lie: LyingFileSystem.Lie? = nil
    ) async throws -> (points: Int, states: Int, violations: [String]) {
        let expected = try await script.expectations()
        let operations = try await operationCount(script)
        var (points, states, violations) = (0, 0, [String]())
        for point in Swift.stride(from: 0, through: operations, by: stride) {
            let disk = try emptyDisk()
            disk.use(.stop(after: point))
            let done = try await play(script, on: lie.map { LyingFileSystem(disk, $0) } ?? disk)
            let allowed = Set(expected[done...min(done + 1, script.steps.count)])
            points += 1
            for (name, left) in [("kill", disk.kill())]
                + seeds.map({ ("seed \($0)", disk.crash(seed: $0)) })
            {
                states += 1
                do {
                    let found = try EngineScript.text(on: left, script.scope)
                    let again = try EngineScript.text(on: left.crash(seed: 1), script.scope)
                    if !allowed.contains(found) {
                        violations.append("operation \(point), \(name), \(done) steps: \(found)")
                    } else if again != found {
                        violations.append("operation \(point), \(name): recovery did not last")
                    }
                } catch {
                    violations.append("operation \(point), \(name), \(done) steps: \(error)")
                }
            }
        }
        return (points, states, violations)
    }

    @Test("a power cut or kill after any operation loses nothing acknowledged")
    func everyOperation() async throws {
        let (points, states, violations) = try await Self.crashEverywhere(
            .standard(), seeds: Self.seeds)
        print("engine crashes: \(points) points, \(states) states × 2, \(violations.count) bad")
        #expect(violations.isEmpty, "\(violations.prefix(4).joined(separator: "\n"))")
    }

    @Test(
        "this suite finds planted faults",
        arguments: [
            LyingFileSystem.Lie.skipsDataSync, .skipsDirectorySync, .writesLate, .marksBeforeSync,
        ])
    func catchesPlantedFault(lie: LyingFileSystem.Lie) async throws {
        let (_, states, violations) = try await Self.crashEverywhere(
            .standard(), seeds: 0..<3, every: 9, lie: lie)
        print("planted \(lie) in the engine: \(violations.count) of \(states) states bad")
        #expect(!violations.isEmpty)
    }

    @Test(
        "an error of any one call refuses at most its step and loses nothing",
        arguments: [
            EIO, ENOSPC,
        ])
    func oneError(errno: Int32) async throws {
        let script = try await EngineScript.standard()
        let operations = try await Self.operationCount(script)
        var violations: [String] = []
        for point in 1...operations {
            let disk = try Self.emptyDisk()
            disk.use(.fail(at: point, errno: errno))
            let world = try await EngineWorld(on: disk, scope: script.scope)
            let model = ReferenceEngine()
            for step in script.steps {
                switch step {
                case .seal: try? await world.seal()
                case .restart: await world.restart()
                default:
                    // A client retries what was refused; the fault is over by then.
                    do { try await script.perform(step, on: world.host) } catch {
                        do { try await script.perform(step, on: world.host) } catch {
                            violations.append("operation \(point): the retry failed: \(error)")
                        }
                    }
                    try await script.perform(step, on: model)
                }
            }
            let expected = try await EngineScript.text(of: model, script.scope)
            let found = try await EngineScript.text(of: world.host, script.scope)
            if found != expected { violations.append("operation \(point): \(found)") }
            await world.host.close()
            for left in [disk.kill(), disk.crash(seed: 1), disk.crash(seed: 2)] {
                let kept = try? EngineScript.text(on: left, script.scope)
                if kept != expected {
                    violations.append("operation \(point), later: \(kept ?? "cannot be opened")")
                }
            }
        }
        print("engine, errno \(errno) once: \(operations) points, \(violations.count) bad")
        #expect(violations.isEmpty, "\(violations.prefix(4).joined(separator: "\n"))")
    }
}
