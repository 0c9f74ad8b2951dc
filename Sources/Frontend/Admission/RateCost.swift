import Access
import ChromaModel

/// How much of one of its tenant's rates a request is expected to use.
struct RateCost: Sendable {
    let usage: UsageType
    let amount: Double

    /// What a request is admitted for, before its body is read: one request, the bytes that are
    /// announced, and one query unit. How many units it really takes only its body says; those
    /// are settled when it has run.
    static func of(_ action: Action, bodyBytes: Int) -> [RateCost] {
        var costs = [RateCost(usage: action.rateUsage, amount: 1)]
        if action.writesRecords {
            costs.append(RateCost(usage: .writtenBytesPerSecond, amount: Double(bodyBytes)))
        }
        if action.readsRecords { costs.append(RateCost(usage: .queryUnitsPerSecond, amount: 1)) }
        return costs
    }
}

/// What a request really used.
struct RateUse: Sendable {
    /// What really came.
    let bodyBytes: Int
    let queryUnits: Int

    /// A request that failed counts as one all the same, for it cost its checks.
    init(bodyBytes: Int, queryUnits: Int?) {
        self.bodyBytes = bodyBytes
        self.queryUnits = queryUnits ?? 1
    }

    func amount(of usage: UsageType) -> Double {
        switch usage {
        case .writtenBytesPerSecond, .tokenWrittenBytesPerSecond: Double(bodyBytes)
        case .queryUnitsPerSecond, .tokenQueryUnitsPerSecond: Double(queryUnits)
        default: 1
        }
    }
}

extension Action {
    /// The rate that a request of this action counts into.
    var rateUsage: UsageType { changesAnything ? .writeRequestsPerSecond : .readRequestsPerSecond }

    fileprivate var writesRecords: Bool { [.add, .update, .upsert].contains(self) }

    /// Whether it searches: then it may be charged query units (`docs/metering.md`), and ends when
    /// its client leaves.
    var readsRecords: Bool {
        [.get, .query, .search, .count, .delete].contains(self)
    }

    private var changesAnything: Bool {
        switch self {
        case .getTenant, .getDatabase, .listDatabases, .listCollections, .countCollections,
            .getCollection, .getCollectionByCRN, .countForks, .get, .query, .search, .count:
            false
        default: true
        }
    }
}
