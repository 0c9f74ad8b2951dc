import Telemetry
import Tracing

/// opentelemetry/proto/collector/trace/v1: `ExportTraceServiceRequest`.
enum TracesRequest {
    /// What most spans take, and less than most with attributes.
    private static let spanBytesExpected = 128

    static func bytes(_ traces: [FinishedSpans], from resource: OTLPResource) -> [UInt8] {
        let spans = traces.reduce(0) { $0 + $1.itemCount }
        return ProtobufWriter.export(resource, bytesExpected: spans * spanBytesExpected) { scope in
            for each in traces {
                for span in each.spans {
                    scope.message(2) { write(span, of: each.trace, &$0) }
                }
            }
        }
    }

    /// `Span`
    private static func write(
        _ span: FinishedSpan, of trace: TraceContext, _ writer: inout ProtobufWriter
    ) {
        writer.words(1, trace.traceHigh, trace.traceLow)
        writer.word(2, span.id)
        writer.text(3, Redaction.blotted(trace.state))
        if span.parentID != 0 { writer.word(4, span.parentID) }
        writer.text(5, span.name)
        writer.number(6, number(of: span.kind))
        writer.fixed64(7, span.startUnixNanoseconds)
        writer.fixed64(8, span.endUnixNanoseconds)
        if let details = span.details { write(details, &writer) }
        writer.fixed32(16, flags(hasRemoteParent: span.details?.hasRemoteParent ?? false))
    }

    private static func write(_ details: FinishedSpan.Details, _ writer: inout ProtobufWriter) {
        writer.attributes(9, details.attributes)
        for event in details.events {
            writer.message(11) { writer in
                writer.fixed64(1, event.unixNanoseconds)
                writer.text(2, event.name)
                writer.attributes(3, event.attributes)
            }
        }
        for link in details.links {
            writer.message(13) { writer in
                writer.words(1, link.traceHigh, link.traceLow)
                writer.word(2, link.spanID)
                writer.text(3, link.state)
                writer.fixed32(6, link.isSampled ? 1 : 0)
            }
        }
        if details.failure != nil { writer.message(15) { $0.number(3, statusError) } }
    }

    private static let statusError: UInt64 = 2

    /// The W3C flags, sampled among them, and whether it is known that the parent is in another
    /// process.
    private static func flags(hasRemoteParent: Bool) -> UInt32 {
        1 | 0x100 | (hasRemoteParent ? 0x200 : 0)
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
