import Platform
import Synchronization
import Tracing

/// Begins spans and hands what has ended to its sink.
package final class SpanTracer: Tracer {
    let sink: any SpanSink
    private let sampler: Sampler
    /// Ids need not be secret, only different from all others: a counter, mixed (SplitMix64), and
    /// for those of traces a word of this process's own.
    private let counter: Atomic<UInt64>
    private let processWord: UInt64

    package init(
        sampler: Sampler, sink: any SpanSink, random: any RandomSource = SystemRandomSource()
    ) {
        self.sampler = sampler
        self.sink = sink
        counter = Atomic(random.next())
        processWord = random.next()
    }

    /// Begins the first span of this process in a trace.
    ///
    /// - Parameter parent: the caller's span, when it sent one.
    package func begin(
        _ name: String, _ kind: SpanKind, below parent: TraceContext?,
        attributes: [Attribute] = []
    ) -> ActiveSpan {
        let (high, low) = parent.map { ($0.traceHigh, $0.traceLow) } ?? newTrace()
        let isSampled = sampler.samples(traceLow: low, parent: parent?.isSampled)
        let trace = TraceContext(
            traceHigh: high, traceLow: low, spanID: newSpanID(), isSampled: isSampled,
            state: parent?.state ?? "")
        return ActiveSpan(
            name, kind, at: trace, below: parent?.spanID ?? 0, hasRemoteParent: parent != nil,
            startUnixNanoseconds: SystemTimeSource().unixNanoseconds(), attributes: attributes,
            in: isSampled ? Recording(trace, tracer: self) : nil, isRoot: true)
    }

    /// Begins a span below another of this process.
    package func begin(
        _ name: String, _ kind: SpanKind = .internal, inside parent: SpanPlace,
        startUnixNanoseconds: UInt64? = nil, attributes: [Attribute] = []
    ) -> ActiveSpan {
        let above = parent.trace
        return ActiveSpan(
            name, kind, at: above.at(newSpanID()), below: above.spanID,
            startUnixNanoseconds: startUnixNanoseconds ?? SystemTimeSource().unixNanoseconds(),
            attributes: attributes, in: parent.recording)
    }

    private func newTrace() -> (high: UInt64, low: UInt64) {
        (newSpanID() ^ processWord, newSpanID())
    }

    /// Never 0.
    func newSpanID() -> UInt64 {
        var word = counter.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return max(word ^ (word >> 31), 1)
    }
}

// What swift-distributed-tracing asks of a tracer, for libraries that trace by it.
extension SpanTracer {
    package func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext,
        ofKind kind: SpanKind, at instant: @autoclosure () -> Instant, function: String,
        file fileID: String, line: UInt
    ) -> ActiveSpan {
        guard let parent = context().activeSpan?.place ?? Trace.place else {
            return begin(operationName, kind, below: nil)
        }
        return parent.isRecording
            ? begin(
                operationName, kind, inside: parent,
                startUnixNanoseconds: instant().nanosecondsSinceEpoch)
            : begin(operationName, kind, below: parent.trace)
    }

    package func forceFlush() {}

    package func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        let parent = extractor.extract(key: TraceContext.parentKey, from: carrier)
        let state = extractor.extract(key: TraceContext.stateKey, from: carrier)
        if let trace = parent.flatMap({ TraceContext(traceparent: $0, tracestate: state) }) {
            context.activeSpan = ActiveSpan(remote: trace)
        }
    }

    package func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let trace = context.activeSpan?.trace ?? TraceContext.current else { return }
        injector.inject(trace.traceparent, forKey: TraceContext.parentKey, into: &carrier)
        guard !trace.state.isEmpty else { return }
        injector.inject(trace.state, forKey: TraceContext.stateKey, into: &carrier)
    }
}

extension TraceContext {
    package static let parentKey = "traceparent"
    package static let stateKey = "tracestate"
}
