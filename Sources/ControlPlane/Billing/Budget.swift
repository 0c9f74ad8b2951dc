import Access
import Billing
import ChromaModel
import FoundationEssentials
import Usage

/// What a tenant means to use in a month at most.
package struct Budget: Sendable, Hashable {
    package let tenant: TenantID
    package let tenantName: TenantName
    package let name: String
    /// A budget made again under an old name has another.
    package let id: UniqueID
    package let measure: BudgetMeasure
    /// In the measure's units.
    package let amount: Int128
    /// Percent, rising.
    package let thresholds: [Int]
    /// nil: alerts are only kept.
    package let webhookURL: String?
    /// Whether requests are refused when it is used up.
    package let isHard: Bool
    package let createdBy: String
    package let createdAtMilliseconds: UInt64

    /// Those that a usage has reached. A product that can't be counted has passed them all.
    package func thresholdsReached(by used: Int128) -> [Int] {
        thresholds.filter { isReached($0, by: used) }
    }

    package func isUsedUp(by used: Int128) -> Bool { used >= amount }

    private func isReached(_ percent: Int, by used: Int128) -> Bool {
        let (hundred, overflow) = used.multipliedReportingOverflow(by: 100)
        let (share, overflows) = amount.multipliedReportingOverflow(by: Int128(percent))
        return overflow || (!overflows && hundred >= share)
    }
}

/// What a budget counts.
package enum BudgetMeasure: Sendable, Hashable {
    case meter(Meter)
    /// In 10^-12 of the currency of the price book in force.
    case money

    /// An amount, as people write it.
    package func text(of amount: Int128) -> String {
        switch self {
        case .meter: "\(amount)"
        case .money: Money(parts: amount).description
        }
    }

    var meter: Meter? {
        guard case .meter(let meter) = self else { return nil }
        return meter
    }
}

/// What somebody wants a budget to be.
package struct BudgetDraft: Sendable {
    package static let thresholdsDefault = [50, 75, 90, 100]
    private static let thresholdsMax = 10
    private static let percentMax = 1000
    private static let amountMax: Int128 = 1_000_000_000_000_000_000_000_000_000_000

    let name: String
    let measure: BudgetMeasure
    let amount: Int128
    let thresholds: [Int]
    let webhookURL: String?
    let isHard: Bool
    let createdBy: String

    /// - Parameters:
    ///   - meter: empty for money.
    ///   - amount: a whole number of the meter's units, or a decimal of money.
    ///   - thresholds: percent; none means the usual ones.
    ///   - webhook: empty for none.
    /// - Throws: `invalidArgument` with what is wrong.
    package init(
        name: String, meter: String, amount: String, thresholds: [Int], webhook: String,
        isHard: Bool, createdBy: String
    ) throws(ServiceError) {
        guard name.wholeMatch(of: /[a-z][a-z0-9\-]{0,62}/) != nil else {
            throw .invalid(
                "budget_id is 1 to 63 small letters, digits and hyphens, a letter first.")
        }
        self.name = name
        measure = meter.isEmpty ? .money : .meter(try .named(meter))
        self.amount = try Self.amount(amount, measure)
        self.thresholds = try Self.thresholds(thresholds)
        webhookURL = webhook.isEmpty ? nil : webhook
        self.isHard = isHard
        self.createdBy = createdBy
    }

    private static func amount(_ text: String, _ measure: BudgetMeasure) throws(ServiceError)
        -> Int128
    {
        let amount: Int128?
        switch measure {
        case .money: amount = try Money(text).parts
        case .meter: amount = Int128(text)
        }
        guard let amount, amount > 0, amount <= amountMax else {
            throw .invalid("amount is a number above 0; of a meter's units a whole one.")
        }
        return amount
    }

    private static func thresholds(_ asked: [Int]) throws(ServiceError) -> [Int] {
        guard !asked.isEmpty else { return thresholdsDefault }
        guard asked.count <= thresholdsMax, asked.allSatisfy({ (1...percentMax).contains($0) })
        else {
            throw .invalid(
                "thresholds are at most \(thresholdsMax) whole percents from 1 to \(percentMax).")
        }
        return Set(asked).sorted()
    }
}
