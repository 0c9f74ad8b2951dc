import Telemetry

/// opentelemetry/proto/collector/metrics/v1: `ExportMetricsServiceRequest`.
struct MetricsRequest {
    /// When counting began: everything is cumulative since then.
    let startUnixNanoseconds: UInt64
    let nowUnixNanoseconds: UInt64

    func bytes(_ families: [MetricFamily], from resource: OTLPResource) -> [UInt8] {
        ProtobufWriter.export(resource) { scope in
            for family in families { scope.message(2) { write(family, &$0) } }
        }
    }

    private static let cumulative: UInt64 = 2

    /// `Metric`
    private func write(_ family: MetricFamily, _ writer: inout ProtobufWriter) {
        writer.text(1, family.name)
        writer.text(2, family.help)
        writer.text(3, family.unit)
        switch family.kind {
        case .gauge: writer.message(5) { write(family.points, &$0) }
        case .counter:
            writer.message(7) { sum in
                write(family.points, &sum)
                sum.number(2, Self.cumulative)
                sum.number(3, 1)
            }
        case .histogram:
            writer.message(9) { histogram in
                write(family.points, &histogram)
                histogram.number(2, Self.cumulative)
            }
        }
    }

    private func write(_ points: [MetricFamily.Point], _ writer: inout ProtobufWriter) {
        for point in points {
            writer.message(1) { data in
                data.fixed64(2, startUnixNanoseconds)
                data.fixed64(3, nowUnixNanoseconds)
                switch point.value {
                case .number(let number):
                    data.attributes(7, point.attributes)
                    write(number, &data)
                case .histogram(let histogram):
                    data.attributes(9, point.attributes)
                    write(histogram, &data)
                }
            }
        }
    }

    /// Of a `NumberDataPoint`: whole numbers stay whole.
    private func write(_ number: Double, _ writer: inout ProtobufWriter) {
        if let whole = Int64(exactly: number) {
            writer.chosenFixed64(6, UInt64(bitPattern: whole))
        } else {
            writer.chosenDouble(4, number)
        }
    }

    /// Of a `HistogramDataPoint`.
    private func write(_ histogram: Histogram.Snapshot, _ writer: inout ProtobufWriter) {
        writer.fixed64(4, UInt64(histogram.count))
        writer.chosenDouble(5, histogram.sum)
        writer.packed(6, histogram.counts.map { UInt64($0) })
        writer.packed(7, histogram.bounds.map(\.bitPattern))
        for exemplar in histogram.exemplars.compactMap({ $0 }) {
            writer.message(8) { writer in
                writer.fixed64(2, exemplar.unixNanoseconds)
                writer.chosenDouble(3, exemplar.value)
                writer.word(4, exemplar.trace.spanID)
                writer.words(5, exemplar.trace.traceHigh, exemplar.trace.traceLow)
            }
        }
    }
}
