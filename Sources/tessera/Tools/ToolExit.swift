import ArgumentParser
import Glibc

/// How the tools end: 0 nothing is wrong (any more), 1 damage is there, 2 could not look.
enum ToolExit {
    static let damaged = ExitCode(1)
    private static let failed = ExitCode(2)

    /// Runs what must work before anything can be said; its error ends the command with 2.
    static func couldNotRun<Result>(_ work: () throws -> Result) throws -> Result {
        do { return try work() } catch {
            let line = Array("Error: \(error)\n".utf8)
            _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
            throw failed
        }
    }
}
