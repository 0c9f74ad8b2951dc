import Platform
import TestSupport

@testable import Billing

/// Usage of one tenant in November 2026.
enum Samples {
    static let meters = [
        ("written_bytes", "By"), ("stored_byte_minutes", "By.min"), ("forks", "1"),
        ("requests", "1"),
    ]

    static func lines(_ count: Int, _ random: SeededRandom) throws -> [UsageLine] {
        let start = try BillingPeriod("2026-11").startMilliseconds
        return (0..<count).map { index in
            let meter = meters[random.below(meters.count)]
            let hour = start + UInt64(index) * 3_600_000
            return UsageLine(
                tenant: "acme", tenantID: "t1", database: "db, \"quoted\"",
                databaseID: "d1",
                collectionID: "c\(random.below(3))", credential: "AAAAAAAAAAA", meter: meter.0,
                unit: meter.1,
                startMilliseconds: hour, endMilliseconds: hour + 3_600_000,
                period: BillingPeriod(containing: start), quantity: Int128(random.next() >> 8))
        }
    }

    static func key(_ random: SeededRandom) throws -> ReceiptKey {
        try ReceiptKey(seed: random.bytes(32))
    }

    static func receipt(_ lines: [UsageLine], _ random: SeededRandom) throws -> SignedReceipt {
        try SignedReceipt(
            of: lines,
            subject: ReceiptSubject(
                tenant: "acme", tenantID: "t1", period: BillingPeriod("2026-11"), isFinal: true,
                incompleteSources: []),
            issuedMilliseconds: 1_800_000_000_000, prices: .published(),
            priceBook: PriceBook.publishedVersion, key: key(random))
    }
}
