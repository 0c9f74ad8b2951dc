import ChromaModel
import Synchronization
import Testing
import Tracing

@testable import Telemetry

/// The example of Trace Context §3.2.
enum W3C {
    static let sampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    static let unsampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"
}

/// Keeps spans for a look at them.
final class CollectedSpans: SpanSink {
    private let collected = Mutex<[FinishedSpan]>([])
    var spans: [FinishedSpan] { collected.withLock { $0 } }
    func take(_ span: FinishedSpan) { collected.withLock { $0.append(span) } }
}

@Suite("Traces")
struct TraceTests {
    private func tracer(_ sampler: String = "parentbased_always_on", _ ratio: Double = 1) throws
        -> (SpanTracer, CollectedSpans)
    {
        let spans = CollectedSpans()
        let sampler = try #require(Sampler(sampler, ratio: ratio))
        return (SpanTracer(sampler: sampler, sink: spans), spans)
    }

    @Test("a traceparent is read as W3C says, and written as it was read")
    func traceparent() throws {
        let trace = try #require(TraceContext(traceparent: W3C.sampled, tracestate: "a=b"))
        #expect(trace.traceparent == W3C.sampled && trace.state == "a=b" && trace.isSampled)
        let zeros = String(repeating: "0", count: 16)
        for wrong in [
            "", "00", W3C.sampled + "-", W3C.sampled.uppercased(), "ff" + W3C.sampled.dropFirst(2),
            "00-\(zeros)\(zeros)-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-\(zeros)-01",
        ] {
            #expect(TraceContext(traceparent: wrong) == nil, "\(wrong)")
        }
        #expect(TraceContext(traceparent: "cc" + W3C.sampled.dropFirst(2) + "-what") != nil)
    }

    @Test("a span is a child of the one it is begun in, in the same trace")
    func parentage() async throws {
        let (tracer, collected) = try tracer()
        let parent = TraceContext(traceparent: W3C.sampled)
        let root = tracer.begin("root", .server, below: parent)
        let child = tracer.begin("child", inside: root.trace)
        child.end()
        root.end()
        root.end()
        let spans = collected.spans
        #expect(spans.map(\.name) == ["child", "root"])
        #expect(spans.allSatisfy { $0.trace.traceID == parent?.traceID })
        #expect(spans[0].parentSpanID == root.trace.spanID && !spans[0].hasRemoteParent)
        #expect(spans[1].parentSpanID == parent?.spanID && spans[1].hasRemoteParent)
        #expect(spans.allSatisfy { $0.endUnixNanoseconds >= $0.startUnixNanoseconds })
    }

    @Test("a failure is said by its code, never by its text")
    func failures() throws {
        let (tracer, collected) = try tracer()
        let span = tracer.begin("root", .server, below: nil)
        span.fail(ServiceError.invalid("the secret document"))
        span.end()
        let finished = try #require(collected.spans.first)
        #expect(finished.failure == "invalidArgument")
        #expect(!"\(finished)".contains("secret"))
    }

    @Test(
        "a caller's decision is kept by parent-based samplers alone",
        arguments: [
            ("always_on", true, true), ("always_off", false, false),
            ("parentbased_always_on", true, false), ("parentbased_always_off", true, false),
            ("parentbased_traceidratio", true, false),
        ])
    func sampling(_ name: String, _ ofSampled: Bool, _ ofUnsampled: Bool) throws {
        let (tracer, collected) = try tracer(name, 0)
        for (parent, isRecorded) in [(W3C.sampled, ofSampled), (W3C.unsampled, ofUnsampled)] {
            let before = collected.spans.count
            tracer.begin("x", .server, below: TraceContext(traceparent: parent)).end()
            #expect((collected.spans.count > before) == isRecorded, "\(parent)")
        }
    }

    @Test("a ratio samples about its share of traces")
    func ratio() throws {
        let (tracer, collected) = try tracer("traceidratio", 0.25)
        for _ in 0..<4000 { tracer.begin("x", .server, below: nil).end() }
        #expect((800...1200).contains(collected.spans.count))
    }

    @Test("a full queue drops what comes, counts it, and goes on when there is room")
    func boundedQueue() {
        let queue = BatchQueue<Int>(countMax: 3, batchMax: 2)
        for number in 0..<5 { queue.append(number) }
        #expect(queue.dropped == 2 && queue.taken == 3)
        #expect(queue.next() == [0, 1])
        queue.append(9)
        #expect(queue.next() == [2, 9] && queue.next() == [])
    }

    @Test("less than a batch waits until it is due, and goes at the end")
    func wholeBatches() {
        let queue = BatchQueue<Int>(countMax: 10, batchMax: 3)
        for number in 0..<7 { queue.append(number) }
        #expect(queue.next() == [0, 1, 2] && queue.next() == [3, 4, 5])
        #expect(queue.next() == [] && queue.count == 1)
        queue.nudge()
        #expect(queue.next() == [6])
        queue.nudge()
        queue.append(7)
        #expect(queue.next() == [])
        queue.finish()
        #expect(queue.next() == [7] && queue.next() == [])
    }

    @Test("work that changes threads stays in its span")
    func carrying() throws {
        let (tracer, _) = try tracer()
        let span = tracer.begin("x", .server, below: nil)
        let inside = ServiceContext.$current.withValue(span.context) {
            Trace.carrying { TraceContext.current }
        }
        #expect(try inside() == span.trace)
        #expect(TraceContext.current == nil)
    }
}
