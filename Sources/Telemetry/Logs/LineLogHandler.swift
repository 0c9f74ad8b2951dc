import Logging
import Platform

/// A swift-log handler that writes each event as one line, with token-shaped text blotted out.
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let format: LogFormat
    private let output: any LogOutput
    private let time: any TimeSource

    package init(
        label: String, level: Logger.Level, format: LogFormat, output: any LogOutput,
        time: any TimeSource
    ) {
        self.label = label
        self.logLevel = level
        self.format = format
        self.output = output
        self.time = time
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let line = LogLine(
            unixNanoseconds: time.unixNanoseconds(), level: event.level, logger: label,
            message: event.message.description, error: event.error.map { "\($0)" },
            metadata: merged(with: event.metadata))
        var bytes = line.rendered(as: format)
        Redaction.blotTokens(in: &bytes)
        output.write(bytes)
        LogSystem.export(line)
    }

    /// The event's own metadata wins over the provider's, and that over the handler's.
    private func merged(with own: Logger.Metadata?) -> Logger.Metadata {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own { all.merge(own) { $1 } }
        return all
    }
}
