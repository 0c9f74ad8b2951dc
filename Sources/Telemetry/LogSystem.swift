import Logging
import Platform

/// Makes every logger of the process write lines to standard error.
package enum LogSystem {
    /// Call once, before the first logger is made.
    package static func start(level: Logger.Level, format: LogFormat) {
        let output = StandardErrorOutput()
        LoggingSystem.bootstrap { label in
            LineLogHandler(
                label: label, level: level, format: format, output: output,
                time: SystemTimeSource())
        }
    }
}
