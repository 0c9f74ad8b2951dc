import Telemetry
import Tracing

/// opentelemetry/proto/collector/trace/v1: `ExportTraceServiceRequest`.
enum TracesRequest {
    static func bytes(_ spans: [FinishedSpan], from resource: OTLPResource) -> [UInt8] {
        ProtobufWriter.export(resource) { scope in
            for span in spans { scope.message(2) { write(span, &$0) } }
        }
    }

    /// `Span`
    private static func write(_ span: FinishedSpan, _ writer: inout ProtobufWriter) {
        writer.words(1, span.trace.traceHigh, span.trace.traceLow)
        writer.words(2, span.trace.spanID)
        writer.text(3, Redaction.blotted(span.trace.state))
        if span.parentSpanID != 0 { writer.words(4, span.parentSpanID) }
        writer.text(5, span.name)
        writer.number(6, number(of: span.kind))
        writer.fixed64(7, span.startUnixNanoseconds)
        writer.fixed64(8, span.endUnixNanoseconds)
        writer.attributes(9, span.attributes)
        for event in span.events {
            writer.message(11) { writer in
                writer.fixed64(1, event.unixNanoseconds)
                writer.text(2, event.name)
                writer.attributes(3, event.attributes)
            }
        }
        for link in span.links {
            writer.message(13) { writer in
                writer.words(1, link.traceHigh, link.traceLow)
                writer.words(2, link.spanID)
                writer.text(3, link.state)
                writer.fixed32(6, link.isSampled ? 1 : 0)
            }
        }
        if span.failure != nil { writer.message(15) { $0.number(3, statusError) } }
        writer.fixed32(16, flags(of: span))
    }

    private static let statusError: UInt64 = 2

    /// The W3C flags, and whether it is known that the parent is in another process.
    private static func flags(of span: FinishedSpan) -> UInt32 {
        (span.trace.isSampled ? 1 : 0) | 0x100 | (span.hasRemoteParent ? 0x200 : 0)
    }

    private static func number(of kind: SpanKind) -> UInt64 {
        switch kind {
        case .internal: 1
        case .server: 2
        case .client: 3
        case .producer: 4
        case .consumer: 5
        }
    }
}
