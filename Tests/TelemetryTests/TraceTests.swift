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
    private let collected = Mutex<[FinishedSpans]>([])
    /// As they were handed over.
    var batches: [FinishedSpans] { collected.withLock { $0 } }
    var spans: [FinishedSpan] { batches.flatMap(\.spans) }
    func take(_ spans: FinishedSpans) { collected.withLock { $0.append(spans) } }
}

extension Int: Batchable {
    public var itemCount: Int { 1 }
}

@Suite("Traces")
struct TraceTests {
    private func tracer(_ sampler: String = "parentbased_always_on", _ ratio: Double = 1) throws
        -> (SpanTracer, CollectedSpans)
    {
        let spans = CollectedSpans()
        let sampler = try #require(Sampler(sampler, argument: ratio))
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
        let child = tracer.begin("child", inside: root.place)
        child.end()
        root.end()
        root.end()
        let spans = collected.spans
        #expect(spans.map(\.name) == ["child", "root"])
        #expect(collected.batches.map(\.trace.traceID) == [parent?.traceID])
        #expect(spans[0].parentID == root.trace.spanID)
        #expect(spans[0].details?.hasRemoteParent == false)
        #expect(spans[1].parentID == parent?.spanID)
        #expect(spans[1].details?.hasRemoteParent == true)
        #expect(spans.allSatisfy { $0.endUnixNanoseconds >= $0.startUnixNanoseconds })
    }

    @Test("a failure is said by its code, never by its text")
    func failures() throws {
        let (tracer, collected) = try tracer()
        let span = tracer.begin("root", .server, below: nil)
        span.fail(ServiceError.invalid("the secret document"))
        span.end()
        let finished = try #require(collected.spans.first)
        #expect(finished.details?.failure == "invalidArgument")
        let told = "\(finished) \(finished.details?.attributes ?? [])"
        #expect(told.contains("error.type") && !told.contains("secret"))
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

    @Test("a budget of traces lets its second's worth through, then as many as it has earned")
    func budget() {
        let budget = TraceBudget(perSecond: 4)
        let second: UInt64 = 1_000_000_000
        #expect((0..<10).map { _ in budget.takes(at: second) }.count(where: \.self) == 4)
        #expect((0..<10).map { _ in budget.takes(at: 3 * second / 2) }.count(where: \.self) == 2)
        let rare = TraceBudget(perSecond: 0.1)
        let taken = (1...21).map { rare.takes(at: $0 * second) }
        #expect(taken.count(where: \.self) == 3)
    }

    @Test("the standard sampler keeps a caller's decision, and begins no more than its budget")
    func rateLimited() throws {
        let (tracer, collected) = try tracer(Sampler.standardName, 0.001)
        for _ in 0..<20 { tracer.begin("x", .server, below: nil).end() }
        #expect(collected.spans.count == 1)
        tracer.begin("x", .server, below: TraceContext(traceparent: W3C.sampled)).end()
        tracer.begin("x", .server, below: TraceContext(traceparent: W3C.unsampled)).end()
        #expect(collected.spans.count == 2)
    }

    @Test("a ratio samples about its share of traces")
    func ratio() throws {
        let (tracer, collected) = try tracer("traceidratio", 0.25)
        for _ in 0..<4000 { tracer.begin("x", .server, below: nil).end() }
        #expect((800...1200).contains(collected.spans.count))
    }

    @Test("a full queue drops what comes, counts it, and goes on when there is room")
    func boundedQueue() {
        let queue = BatchQueue<Int>(itemsMax: 3, batchMax: 2)
        for number in 0..<5 { queue.append(number) }
        #expect(queue.dropped == 2 && queue.taken == 3)
        #expect(queue.next() == [0, 1])
        queue.append(9)
        #expect(queue.next() == [2, 9] && queue.next() == [])
    }

    @Test("less than a batch waits until it is due, and goes at the end")
    func wholeBatches() {
        let queue = BatchQueue<Int>(itemsMax: 10, batchMax: 3)
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

    @Test("a step is a child of what it runs in, and what runs in it is its child")
    func steps() async throws {
        let (tracer, collected) = try tracer()
        let root = tracer.begin("root", .server, below: nil)
        struct Failure: Error {}
        await #expect(throws: Failure.self) {
            try await root.enclosing {
                try await Trace.step("outer") {
                    try await Trace.step("inner") { throw Failure() }
                }
            }
        }
        let spans = collected.spans
        #expect(spans.map(\.name) == ["inner", "outer", "root"])
        #expect(spans.map(\.parentID) == [spans[1].id, spans[2].id, 0])
        #expect(spans.allSatisfy { $0.details?.failure == "Failure" })
        #expect(spans.allSatisfy { $0.details?.attributes.first?.key == "error.type" })
        #expect(TraceContext.current == nil)
    }

    @Test("what was measured elsewhere is recorded where it belongs")
    func recorded() throws {
        let (tracer, collected) = try tracer()
        let root = tracer.begin("root", .server, below: nil)
        let search = root.place.record("search", fromUnixNanoseconds: 5, to: 9, [])
        search.record("tail", fromUnixNanoseconds: 6, to: 7, [Attribute("rows", 3)])
        root.end()
        let spans = collected.spans
        #expect(spans.map(\.name) == ["search", "tail", "root"])
        #expect(spans[0].parentID == root.trace.spanID && spans[1].parentID == spans[0].id)
        #expect(spans[0].details == nil && spans[1].details?.attributes.count == 1)
        #expect(spans[1].startUnixNanoseconds == 6 && spans[1].endUnixNanoseconds == 7)
    }

    @Test("a request's spans go together, but for those that end after it, or are very many")
    func handingOver() throws {
        let (tracer, collected) = try tracer()
        let root = tracer.begin("root", .server, below: nil)
        let late = tracer.begin("late", inside: root.place)
        for _ in 0..<100 { root.place.record("step", fromUnixNanoseconds: 1, to: 2, []) }
        #expect(collected.batches.map(\.itemCount) == [64])
        root.end()
        #expect(collected.batches.map(\.itemCount) == [64, 37])
        late.end()
        #expect(collected.batches.map(\.itemCount) == [64, 37, 1])
        #expect(Set(collected.batches.map(\.trace.traceID)) == [root.trace.traceID])
        #expect(Set(collected.spans.map(\.id)).count == 102)
    }

    @Test("nothing is recorded of a trace that isn't sampled, and its decision is handed on")
    func unsampled() async throws {
        let (tracer, collected) = try tracer("always_off")
        let root = tracer.begin("root", .server, below: nil)
        await root.enclosing {
            await Trace.step("step") {
                #expect(TraceContext.current?.isSampled == false)
                #expect(Trace.span == nil)
            }
        }
        root.place.record("search", fromUnixNanoseconds: 5, to: 9, [])
        #expect(collected.batches.isEmpty)
    }

    @Test("a batch is of so many items, whatever the elements, and none is too large to go")
    func itemsOfElements() {
        struct Parcel: Batchable, Equatable { let itemCount: Int }
        let queue = BatchQueue<Parcel>(itemsMax: 20, batchMax: 5)
        for items in [2, 2, 7, 1] { queue.append(Parcel(itemCount: items)) }
        #expect(queue.next().map(\.itemCount) == [2, 2])
        #expect(queue.next().map(\.itemCount) == [7])
        #expect(queue.next() == [] && queue.count == 1)
        queue.append(Parcel(itemCount: 20))
        #expect(queue.dropped == 20 && queue.taken == 12)
    }
}
