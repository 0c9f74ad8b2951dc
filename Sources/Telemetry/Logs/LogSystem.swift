import Logging
import Platform
import Synchronization

/// Makes every logger of the process write lines to standard error.
package enum LogSystem {
    /// Call once, before the first logger is made.
    package static func start(level: Logger.Level, format: LogFormat) {
        let output = StandardErrorOutput()
        LoggingSystem.bootstrap(
            { label, provider in
                var handler = LineLogHandler(
                    label: label, level: level, format: format, output: output,
                    time: SystemTimeSource())
                handler.metadataProvider = provider
                return handler
            }, metadataProvider: traceProvider)
    }

    /// Has every line go to a queue too, to be exported. Once a process.
    package static func export(to queue: BatchQueue<LogRecord>) {
        _ = exported.storeIfNil(queue)
    }

    static func export(_ line: LogLine) { exported.load()?.append(LogRecord(line)) }

    private static let exported = AtomicLazyReference<BatchQueue<LogRecord>>()

    /// Every line says in which span it was written.
    private static let traceProvider = Logger.MetadataProvider {
        guard let trace = TraceContext.current else { return [:] }
        return [
            LogLine.traceKey: .string(trace.traceID), LogLine.spanKey: .string(trace.spanIDText),
        ]
    }
}
