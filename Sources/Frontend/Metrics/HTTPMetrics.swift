import HTTPTypes
import Telemetry

/// How many requests each route answered, how, and how fast. The series of all routes are made at
/// the start, so that a request takes no lock.
final class HTTPMetrics: Sendable {
    private struct Series: Sendable {
        let attributes: [Attribute]
        /// By the hundreds of the status, from 1xx on.
        let answers: [Histogram]

        init(_ attributes: [Attribute]) {
            self.attributes = attributes
            answers = (1...5).map { _ in Histogram.ofSeconds() }
        }
    }

    /// By the name of the route's operation.
    private let routes: [String: Series]
    private let order: [String]
    /// Requests that no route takes. Their paths and methods could be anything.
    private let strays = Series([
        Attribute("http.request.method", "_OTHER"), Attribute("http.route", "_OTHER"),
    ])
    private let refusals = CounterTable()
    private let bodyBytes = Counter()

    init(_ routes: [Route]) {
        var series: [String: Series] = [:]
        for route in routes {
            series[route.description.operation] = Series([
                Attribute("http.request.method", route.method.rawValue),
                Attribute("http.route", route.template.description),
            ])
        }
        self.routes = series
        order = routes.map(\.description.operation)
    }

    /// - Parameter failure: why it was refused; nil when it wasn't.
    func answered(
        _ context: RequestContext, _ status: HTTPResponse.Status, nanoseconds: UInt64,
        _ failure: (any Error)?
    ) {
        let series = context.route.flatMap { routes[$0.description.operation] } ?? strays
        let place = min(max(status.code / 100, 1), 5) - 1
        series.answers[place].observe(Int(nanoseconds), trace: context.span?.trace)
        bodyBytes.add(context.bodyBytes)
        if let failure { refusals.add(RefusalReason.word(for: failure)) }
    }

    func collect(requestsInFlight: Int) -> [MetricFamily] {
        let all = order.compactMap { routes[$0] } + [strays]
        let points = all.flatMap(Self.points)
        return [
            MetricFamily(
                "http.server.request.duration", .histogram, unit: "s",
                "Requests of Chroma's API, from their head to their answer.", points),
            .counter(
                "http.server.requests", unit: "{request}", "Requests of Chroma's API.",
                points.map(Self.count)),
            .counter(
                "tessera.refusals", unit: "{request}", "Requests that were refused or failed.",
                refusals.points("reason")),
            .counter(
                "http.server.request.body", unit: "By", "Bytes of request bodies.", bodyBytes),
            .gauge(
                "http.server.active_requests", unit: "{request}", "Requests being worked on.",
                Double(requestsInFlight)),
        ]
    }

    private static func points(_ series: Series) -> [MetricFamily.Point] {
        series.answers.enumerated().filter { !$0.element.isEmpty }.map { place, histogram in
            MetricFamily.Point(
                series.attributes + [Attribute("status_class", "\(place + 1)xx")], histogram)
        }
    }

    private static func count(_ point: MetricFamily.Point) -> MetricFamily.Point {
        guard case .histogram(let histogram) = point.value else { return point }
        return MetricFamily.Point(point.attributes, Double(histogram.count))
    }
}
