import Logging

/// A line of the log as it goes to the exporter, blotted like the line itself.
package struct LogRecord: Sendable {
    package let unixNanoseconds: UInt64
    package let level: Logger.Level
    package let message: String
    package let attributes: [Attribute]
    /// The span in which it was said.
    package let trace: TraceContext?

    init(_ line: LogLine) {
        unixNanoseconds = line.unixNanoseconds
        level = line.level
        message = Redaction.blotted(line.message)
        var attributes = [Attribute("logger.name", line.logger)]
        if let error = line.error {
            attributes.append(Attribute("exception.message", Redaction.blotted(error)))
        }
        trace = TraceContext.current
        for (key, value) in line.metadata.sorted(by: { $0.key < $1.key })
        where trace == nil || !LogLine.traceKeys.contains(key) {
            attributes.append(Attribute(key, Redaction.blotted("\(value)")))
        }
        self.attributes = attributes
    }
}
