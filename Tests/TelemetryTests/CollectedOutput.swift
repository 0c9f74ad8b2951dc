import Logging
import Platform
import Synchronization

@testable import Telemetry

/// Keeps lines for a look at them.
final class CollectedOutput: LogOutput {
    private let collected = Mutex<[String]>([])
    var lines: [String] { collected.withLock { $0 } }

    func write(_ line: [UInt8]) {
        collected.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
    }

    func logger(_ format: LogFormat, level: Logger.Level = .info) -> Logger {
        Logger(label: "test") { label in
            LineLogHandler(
                label: label, level: level, format: format, output: self, time: FixedTime())
        }
    }
}

/// 2026-11-22T15:46:58.123456Z
struct FixedTime: TimeSource {
    func unixNanoseconds() -> UInt64 { 1_795_362_418_123_456_789 }
    func monotonicNanoseconds() -> UInt64 { 0 }
}
