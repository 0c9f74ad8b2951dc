import Testing

@testable import Telemetry

@Suite("Metrics")
struct MetricTests {
    @Test("a value falls into the first bucket whose bound it doesn't pass, or beyond all")
    func buckets() {
        let histogram = Histogram(bounds: [10, 100], scale: 0.5)
        for value in [1, 10, 11, 100, 101, 1000] { histogram.observe(value) }
        let snapshot = histogram.snapshot
        #expect(snapshot.counts == [2, 2, 2])
        #expect(snapshot.bounds == [5, 50])
        #expect(snapshot.sum == 611.5 && snapshot.count == 6)
    }

    @Test("the page spells units out, escapes labels and adds buckets up")
    func prometheusPage() {
        let histogram = Histogram(bounds: [1_000_000_000], scale: 1e-9)
        histogram.observe(500_000_000)
        histogram.observe(2_000_000_000)
        let page = PrometheusText.render(
            [
                .counter(
                    "a.b", unit: "{thing}", "Things.",
                    [.init([Attribute("who.is", "\"x\\\n")], 3)]),
                .histogram("c", unit: "s", "Times.", histogram),
            ], as: .prometheus)
        #expect(
            page == """
                # HELP a_b_total Things.
                # TYPE a_b_total counter
                a_b_total{who_is="\\"x\\\\\\n"} 3
                # HELP c_seconds Times.
                # TYPE c_seconds histogram
                c_seconds_bucket{le="1"} 1
                c_seconds_bucket{le="+Inf"} 2
                c_seconds_sum 2.5
                c_seconds_count 2

                """)
    }

    @Test("OpenMetrics, when asked for, names the trace of a sampled value")
    func exemplars() throws {
        #expect(PrometheusText.Format(accept: "text/plain") == .prometheus)
        let accept = "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"
        let format = PrometheusText.Format(accept: accept)
        let trace = try #require(TraceContext(traceparent: W3C.sampled))
        let histogram = Histogram(bounds: [10], scale: 1)
        histogram.observe(4, trace: trace)
        let page = PrometheusText.render(
            [.histogram("c", unit: "By", "Sizes.", histogram)], as: format)
        #expect(page.contains("# {trace_id=\"\(trace.traceID)\",span_id=\"00f067aa0ba902b7\"} 4 "))
        #expect(page.hasSuffix("# EOF\n"))
    }

    @Test("the busiest tenants have series, all others are other, and no series ever shrinks")
    func topTenants() {
        let activities = TenantActivities(shownMax: 2)
        let all = (0..<5).map { activities.claim("t\($0)") }
        var last: [String: Int] = [:]
        var total = 0
        for round in 0..<20 {
            for (place, activity) in all.enumerated() {
                let reads = place == round % 5 ? 1000 : 1
                activity.reads.add(reads)
                total += reads
            }
            let rows = activities.refresh()
            #expect(rows.count <= 3)
            for (name, tally) in rows where name == "other" {
                #expect(tally.reads >= last[name, default: 0])
                last[name] = tally.reads
            }
        }
        let known = activities.refresh().reduce(0) { $0 + $1.1.reads }
        #expect(known <= total)
    }

    @Test("while nobody loses a place, all that was done is in some series")
    func nothingIsLost() {
        let activities = TenantActivities(shownMax: 2)
        let all = (0..<5).map { activities.claim("t\($0)") }
        for _ in 0..<10 {
            for (place, activity) in all.enumerated() { activity.writes.add(place < 2 ? 100 : 1) }
            _ = activities.refresh()
        }
        #expect(activities.refresh().reduce(0) { $0 + $1.1.writes } == 10 * 203)
    }
}
