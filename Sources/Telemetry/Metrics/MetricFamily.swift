/// All points of one metric at one moment.
///
/// Names and units are OpenTelemetry's (`http.server.request.duration`, `s`); the Prometheus name
/// follows from them.
package struct MetricFamily: Sendable {
    package enum Kind: Sendable { case counter, gauge, histogram }

    package struct Point: Sendable {
        package let attributes: [Attribute]
        package let value: Value

        package init(_ value: Double) { self.init([], value) }

        package init(_ attributes: [Attribute], _ value: Double) {
            self.attributes = attributes
            self.value = .number(value)
        }

        package init(_ attributes: [Attribute], _ histogram: Histogram) {
            self.attributes = attributes
            value = .histogram(histogram.snapshot)
        }
    }

    package enum Value: Sendable {
        case number(Double)
        case histogram(Histogram.Snapshot)
    }

    package let name: String
    package let kind: Kind
    /// UCUM: `s`, `By`; `{request}` and the like count things.
    package let unit: String
    /// One sentence.
    package let help: String
    package let points: [Point]

    package init(_ name: String, _ kind: Kind, unit: String, _ help: String, _ points: [Point]) {
        self.name = name
        self.kind = kind
        self.unit = unit
        self.help = help
        self.points = points
    }
}

extension MetricFamily {
    package static func counter(
        _ name: String, unit: String, _ help: String, _ counter: Counter
    ) -> MetricFamily {
        .counter(name, unit: unit, help, [Point(Double(counter.value))])
    }

    package static func counter(
        _ name: String, unit: String, _ help: String, _ points: [Point]
    ) -> MetricFamily {
        MetricFamily(name, .counter, unit: unit, help, points)
    }

    package static func gauge(
        _ name: String, unit: String, _ help: String, _ value: Double
    ) -> MetricFamily {
        MetricFamily(name, .gauge, unit: unit, help, [Point(value)])
    }

    package static func histogram(
        _ name: String, unit: String, _ help: String, _ histogram: Histogram
    ) -> MetricFamily {
        MetricFamily(name, .histogram, unit: unit, help, [Point([], histogram)])
    }
}
