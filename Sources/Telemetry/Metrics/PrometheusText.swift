/// The text that Prometheus scrapes, in its own format (0.0.4) or as OpenMetrics (1.0.0), which
/// has exemplars.
package struct PrometheusText: Sendable {
    package enum Format: Sendable {
        case prometheus, openMetrics

        /// What a scraper accepts; OpenMetrics only when it says so.
        package init(accept: String?) {
            let isOpen = accept?.lowercased().contains("application/openmetrics-text") ?? false
            self = isOpen ? .openMetrics : .prometheus
        }

        package var contentType: String {
            switch self {
            case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
            case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
            }
        }
    }

    private let format: Format
    private var text = ""

    package static func render(_ families: [MetricFamily], as format: Format) -> String {
        var page = PrometheusText(format: format)
        for family in families { page.append(family) }
        if format == .openMetrics { page.text += "# EOF\n" }
        return page.text
    }

    private init(format: Format) { self.format = format }

    private mutating func append(_ family: MetricFamily) {
        let name = Self.name(of: family)
        let sample = family.kind == .counter ? name + "_total" : name
        let title = format == .openMetrics ? name : sample
        text += "# HELP \(title) \(Self.escaped(family.help, quotes: false))\n"
        text += "# TYPE \(title) \(Self.word(family.kind))\n"
        for point in family.points {
            switch point.value {
            case .number(let number):
                text += sample + Self.labels(point.attributes) + " \(Self.number(number))\n"
            case .histogram(let histogram): append(histogram, name, point.attributes)
            }
        }
    }

    private mutating func append(
        _ histogram: Histogram.Snapshot, _ name: String, _ attributes: [Attribute]
    ) {
        var count = 0
        for (place, own) in histogram.counts.enumerated() {
            count += own
            let bound = place < histogram.bounds.count ? histogram.bounds[place] : .infinity
            let labels = Self.labels(attributes, bound: Self.number(bound))
            text += "\(name)_bucket\(labels) \(count)"
            if format == .openMetrics, let exemplar = histogram.exemplars[place] {
                text += Self.exemplar(exemplar)
            }
            text += "\n"
        }
        let labels = Self.labels(attributes)
        text += "\(name)_sum\(labels) \(Self.number(histogram.sum))\n"
        text += "\(name)_count\(labels) \(count)\n"
    }

    /// The name with its unit spelled out (OpenTelemetry's compatibility rules for Prometheus).
    static func name(of family: MetricFamily) -> String {
        let stem = String(family.name.map { $0 == "." ? "_" : $0 })
        let suffix =
            switch family.unit {
            case "s": "_seconds"
            case "By": "_bytes"
            default: ""
            }
        return stem.hasSuffix(suffix) ? stem : stem + suffix
    }

    private static func word(_ kind: MetricFamily.Kind) -> String {
        switch kind {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        }
    }

    private static func labels(_ attributes: [Attribute], bound: String? = nil) -> String {
        var pairs = attributes.map { attribute in
            let key = String(attribute.key.map { $0 == "." ? "_" : $0 })
            return "\(key)=\"\(escaped("\(attribute.value)", quotes: true))\""
        }
        if let bound { pairs.append("le=\"\(bound)\"") }
        return pairs.isEmpty ? "" : "{" + pairs.joined(separator: ",") + "}"
    }

    private static func exemplar(_ exemplar: Histogram.Exemplar) -> String {
        let seconds = Double(exemplar.unixNanoseconds / 1_000_000) / 1000
        return " # {trace_id=\"\(exemplar.trace.traceID)\","
            + "span_id=\"\(exemplar.trace.spanIDText)\"} "
            + "\(number(exemplar.value)) \(number(seconds))"
    }

    private static func number(_ number: Double) -> String {
        if number == .infinity { return "+Inf" }
        if let whole = Int(exactly: number) { return "\(whole)" }
        return "\(number)"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
