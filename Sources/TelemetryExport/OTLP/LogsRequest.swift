import Logging
import Telemetry

/// opentelemetry/proto/collector/logs/v1: `ExportLogsServiceRequest`.
enum LogsRequest {
    static func bytes(_ records: [LogRecord], from resource: OTLPResource) -> [UInt8] {
        ProtobufWriter.export(resource) { scope in
            for record in records { scope.message(2) { write(record, &$0) } }
        }
    }

    /// `LogRecord`
    private static func write(_ record: LogRecord, _ writer: inout ProtobufWriter) {
        writer.fixed64(1, record.unixNanoseconds)
        writer.number(2, severity(of: record.level))
        writer.text(3, record.level.rawValue)
        writer.message(5) { $0.value(.text(record.message)) }
        writer.attributes(6, record.attributes)
        writer.fixed64(11, record.unixNanoseconds)
        guard let trace = record.trace else { return }
        writer.fixed32(8, trace.isSampled ? 1 : 0)
        writer.words(9, trace.traceHigh, trace.traceLow)
        writer.word(10, trace.spanID)
    }

    /// `SeverityNumber` (logs data model, "Mapping of SeverityNumber").
    private static func severity(of level: Logger.Level) -> UInt64 {
        switch level {
        case .trace: 1
        case .debug: 5
        case .info: 9
        case .notice: 10
        case .warning: 13
        case .error: 17
        case .critical: 21
        }
    }
}
