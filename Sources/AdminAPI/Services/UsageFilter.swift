import Billing
import ChromaModel
import ControlPlane
import SwiftProtobuf
import TesseraRPC
import Usage

/// What queries and exports say of the usage they want, in the same fields.
struct UsageFilter: Sendable {
    let meter: String
    let window: String
    let grouping: String
    let start: UInt64?
    let end: UInt64?
    let period: String

    init(_ request: AdminQueryUsageRequest) {
        meter = request.meter
        window = request.window
        grouping = request.groupBy
        start = request.hasStartTime ? request.startTime.clampedMilliseconds : nil
        end = request.hasEndTime ? request.endTime.clampedMilliseconds : nil
        period = request.period
    }

    init(_ request: AdminExportUsageRequest) {
        meter = request.meter
        window = request.window
        grouping = request.groupBy
        start = request.hasStartTime ? request.startTime.clampedMilliseconds : nil
        end = request.hasEndTime ? request.endTime.clampedMilliseconds : nil
        period = request.period
    }

    /// Without times and a period it is this month.
    ///
    /// - Parameters:
    ///   - tenant: nil: of all tenants.
    ///   - usual: the window unless one is asked for.
    /// - Throws: `invalidArgument`.
    func selection(
        of tenant: TenantID?, window usual: UsageWindow, atMilliseconds now: UInt64
    ) throws(ServiceError) -> UsageSelection {
        let window = window.isEmpty ? usual : try UsageWindow.named(window)
        let period = period.isEmpty ? nil : try BillingPeriod(period)
        let month = BillingPeriod(containing: start ?? now)
        // What is billed in a month may be of any earlier time.
        let first = period == nil ? month.startMilliseconds : 0
        let until = end ?? period?.endMilliseconds ?? max(now + 1, start ?? 0)
        return UsageSelection(
            tenant: tenant, meter: meter.isEmpty ? nil : try .named(meter), window: window,
            grouping: try UsageGrouping(grouping),
            fromMilliseconds: start ?? min(first, until), untilMilliseconds: until,
            period: period)
    }
}

extension Google_Protobuf_Timestamp {
    /// Unix time in milliseconds; of a time before 1970, 0.
    var clampedMilliseconds: UInt64 {
        UInt64(clamping: seconds).multipliedReportingOverflow(by: 1000).partialValue
            &+ UInt64(clamping: nanos / 1_000_000)
    }
}
