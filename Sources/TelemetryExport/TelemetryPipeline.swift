import Logging
import Platform
import Telemetry

/// Exports what the process records, beside its work: traces, metrics and logs over OTLP.
///
/// Nothing waits for it. It ends with a last flush that is bounded in time.
package final class TelemetryPipeline: Sendable {
    /// How long the last flush may take.
    private static let flushMilliseconds = 4_000

    private let settings: TelemetrySettings
    private let registry: MetricRegistry
    private let spans: BatchQueue<FinishedSpans>?
    private let logs: BatchQueue<LogRecord>?
    private let exports: [OTLPSignal: RetryingExport]
    private let queues: [Task<Void, Never>]
    private let metrics: Task<Void, Never>?

    /// Installs the tracer and begins to export.
    ///
    /// - Throws: `invalidArgument` for an endpoint that is none.
    package static func start(
        _ settings: TelemetrySettings, _ registry: MetricRegistry, logger: Logger
    ) throws -> TelemetryPipeline {
        let pipeline = try TelemetryPipeline(settings, registry, logger: logger)
        if let spans = pipeline.spans {
            Trace.install(SpanTracer(sampler: settings.sampler, sink: spans))
        }
        if let logs = pipeline.logs { LogSystem.export(to: logs) }
        return pipeline
    }

    private init(
        _ settings: TelemetrySettings, _ registry: MetricRegistry, logger: Logger
    ) throws {
        self.settings = settings
        self.registry = registry
        var exports: [OTLPSignal: RetryingExport] = [:]
        for (signal, target) in settings.targets {
            exports[signal] = RetryingExport(
                signal: signal, sender: try target.sender(for: signal),
                patienceMilliseconds: signal == .logs
                    ? settings.logs.patienceMilliseconds : settings.spans.patienceMilliseconds,
                counts: ExportCounts(), logger: logger)
        }
        self.exports = exports
        spans = exports[.traces].map { _ in BatchQueue(settings.spans) }
        logs = exports[.logs].map { _ in BatchQueue(settings.logs) }
        queues = Self.queues(settings, exports, spans, logs)
        metrics = exports[.metrics].map {
            Self.metrics(settings, $0, registry, since: SystemTimeSource().unixNanoseconds())
        }
        register()
    }

    /// Sends what waits, as far as there is time, and closes the connections. The last metrics
    /// go too.
    package func stop() async {
        spans?.finish()
        logs?.finish()
        metrics?.cancel()
        let limit = Task { [queues] in
            try await Task.sleep(for: .milliseconds(Self.flushMilliseconds))
            for task in queues { task.cancel() }
        }
        for task in queues { await task.value }
        await metrics?.value
        limit.cancel()
        for export in exports.values { await export.sender.close() }
    }

    /// What the exporter itself does is measured too.
    private func register() {
        let exports = exports
        let (spans, logs) = (spans, logs)
        registry.register {
            let words = OTLPSignal.allCases.filter { exports[$0] != nil }
            func points(_ value: (OTLPSignal) -> Int?) -> [MetricFamily.Point] {
                words.compactMap { signal in
                    value(signal).map {
                        .init([Attribute("signal", signal.rawValue)], Double($0))
                    }
                }
            }
            func queued(_ signal: OTLPSignal, _ ofSpans: Int?, _ ofLogs: Int?) -> Int? {
                signal == .traces ? ofSpans : signal == .logs ? ofLogs : nil
            }
            return [
                .counter(
                    "tessera.export.items", unit: "{item}", "What was exported over OTLP.",
                    points { exports[$0]?.counts.sent.value }),
                .counter(
                    "tessera.export.lost", unit: "{item}",
                    "What no receiver took in time and is gone.",
                    points { exports[$0]?.counts.lost.value }),
                .counter(
                    "tessera.export.dropped", unit: "{item}",
                    "What found no room in the queue and is gone.",
                    points { queued($0, spans?.dropped, logs?.dropped) }),
                MetricFamily(
                    "tessera.export.queue", .gauge, unit: "{item}", "What waits to be exported.",
                    points { queued($0, spans?.count, logs?.count) }),
            ]
        }
    }
}

extension TelemetryPipeline {
    private static func queues(
        _ settings: TelemetrySettings, _ exports: [OTLPSignal: RetryingExport],
        _ spans: BatchQueue<FinishedSpans>?, _ logs: BatchQueue<LogRecord>?
    ) -> [Task<Void, Never>] {
        var tasks: [Task<Void, Never>] = []
        let resource = settings.resource
        if let spans, let export = exports[.traces] {
            tasks.append(
                ticking(spans, settings.spans) {
                    await export.send(
                        TracesRequest.bytes($0, from: resource),
                        items: $0.reduce(0) { $0 + $1.itemCount })
                })
        }
        if let logs, let export = exports[.logs] {
            tasks.append(
                ticking(logs, settings.logs) {
                    await export.send(LogsRequest.bytes($0, from: resource), items: $0.count)
                })
        }
        return tasks
    }

    /// Sends all metrics now and then, and once more when it is cancelled.
    private static func metrics(
        _ settings: TelemetrySettings, _ export: RetryingExport, _ registry: MetricRegistry,
        since start: UInt64
    ) -> Task<Void, Never> {
        Task {
            var isLast = false
            while !isLast {
                let wait = Duration.milliseconds(settings.metricsMilliseconds)
                do { try await Task.sleep(for: wait) } catch { isLast = true }
                await export.sendMetrics(registry, from: settings.resource, since: start)
            }
        }
    }

    /// Sends batches when one is full, and what there is now and then. Ends when the queue is
    /// finished and empty.
    private static func ticking<Element: Batchable>(
        _ queue: BatchQueue<Element>, _ batching: TelemetrySettings.Batching,
        _ send: @escaping @Sendable ([Element]) async -> Void
    ) -> Task<Void, Never> {
        let ticker = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(batching.scheduleMilliseconds))
                queue.nudge()
            }
        }
        return Task {
            func sendAll() async {
                while true {
                    let batch = queue.next()
                    if batch.isEmpty { return }
                    await send(batch)
                }
            }
            for await _ in queue.batches { await sendAll() }
            ticker.cancel()
            await sendAll()
        }
    }
}

extension RetryingExport {
    fileprivate func sendMetrics(
        _ registry: MetricRegistry, from resource: OTLPResource, since start: UInt64
    ) async {
        let families = registry.gather(withTenants: true)
        let request = MetricsRequest(
            startUnixNanoseconds: start,
            nowUnixNanoseconds: SystemTimeSource().unixNanoseconds())
        // In a task of its own: the last ones are sent by one that was cancelled.
        await Task { await send(request.bytes(families, from: resource), items: families.count) }
            .value
    }
}

extension OTLPTarget {
    fileprivate func sender(for signal: OTLPSignal) throws -> any OTLPSender {
        switch transport {
        case .http: HTTPSender(self)
        case .grpc: try GRPCSender(self, signal)
        }
    }
}

extension BatchQueue {
    fileprivate convenience init(_ batching: TelemetrySettings.Batching) {
        self.init(itemsMax: batching.queueMax, batchMax: batching.batchMax)
    }
}
