import Billing
import ChromaModel
import Usage

/// How long the windows are that usage is summed up in.
package enum UsageWindow: String, Sendable, CaseIterable {
    case minute, hour, day
    /// A month.
    case period

    /// As PostgreSQL's date_trunc calls it.
    var field: String { self == .period ? "month" : rawValue }

    /// The end of the window that begins at a moment.
    func end(ofWindowAt start: UInt64) -> UInt64 {
        switch self {
        case .minute: start + 60_000
        case .hour: start + 3_600_000
        case .day: start + 86_400_000
        case .period: BillingPeriod(containing: start).endMilliseconds
        }
    }

    /// The start of the window that a moment is in.
    func start(ofWindowContaining moment: UInt64) -> UInt64 {
        switch self {
        case .minute: moment - moment % 60_000
        case .hour: moment - moment % 3_600_000
        case .day: moment - moment % 86_400_000
        case .period: BillingPeriod(containing: moment).startMilliseconds
        }
    }

    /// Throws `invalidArgument`.
    package static func named(_ word: String) throws(ServiceError) -> UsageWindow {
        guard let window = UsageWindow(rawValue: word) else {
            throw .invalid("window is minute, hour, day or period.")
        }
        return window
    }
}

/// What usage is told apart by, beside tenant and meter.
package struct UsageGrouping: Sendable, Hashable {
    package var database = false
    package var collection = false
    package var credential = false
    /// The key of a tenant's label.
    package var label: String?

    package static let everything: UsageGrouping = {
        var grouping = UsageGrouping()
        grouping.database = true
        grouping.collection = true
        grouping.credential = true
        return grouping
    }()

    package init() {}

    /// Reads "database,collection". Throws `invalidArgument`.
    package init(_ text: String) throws(ServiceError) {
        for word in text.split(separator: ",") {
            switch word {
            case "tenant": break
            case "database": database = true
            case "collection": collection = true
            case "credential", "token": credential = true
            case _ where word.hasPrefix("label:"): label = String(word.dropFirst(6))
            default:
                throw .invalid(
                    "group_by has database, collection, credential and label:KEY, with commas"
                        + " between.")
            }
        }
    }
}

/// Which usage, in which windows.
package struct UsageSelection: Sendable, Hashable {
    /// nil: every tenant's.
    package var tenant: TenantID?
    /// nil: all meters.
    package var meter: Meter?
    package var window: UsageWindow
    package var grouping: UsageGrouping
    /// Unix time; the window that it is in, and later ones.
    package var fromMilliseconds: UInt64
    /// Unix time; windows that begin before, whole.
    package var untilMilliseconds: UInt64
    /// nil: whatever they are billed in.
    package var period: BillingPeriod?

    package init(
        tenant: TenantID?, meter: Meter? = nil, window: UsageWindow = .day,
        grouping: UsageGrouping = UsageGrouping(), fromMilliseconds: UInt64,
        untilMilliseconds: UInt64, period: BillingPeriod? = nil
    ) {
        self.tenant = tenant
        self.meter = meter
        self.window = window
        self.grouping = grouping
        self.fromMilliseconds = fromMilliseconds
        self.untilMilliseconds = untilMilliseconds
        self.period = period
    }

    /// What is billed in a month, corrections of earlier months among it.
    package init(
        billedIn period: BillingPeriod, tenant: TenantID?, window: UsageWindow,
        grouping: UsageGrouping
    ) {
        self.init(
            tenant: tenant, window: window, grouping: grouping, fromMilliseconds: 0,
            untilMilliseconds: period.endMilliseconds, period: period)
    }
}
