import Access
import Billing
import ChromaModel
import Platform
import Postgres
import TestSupport
import Testing
import Usage

@testable import ControlPlane

struct ReceiptStoreTests {
    private static let minute = UsageReportTests.minute
    private static let start = UsageMinute(minute).milliseconds
    private static let month: UInt64 = 31 * 86_400_000

    private static func key() throws -> ReceiptKey {
        try ReceiptKey(
            file: "/key", fileSystem: SimulatedFileSystem(), random: SeededRandom(seed: 1))
    }

    @Test("the receipt of an open month is provisional, of a sealed one final and always the same")
    func life() async throws {
        try await Fixture.run { fixture in
            let plane = fixture.controlPlane
            let tenant = try await fixture.makeTenant("acme")
            let scope = try await fixture.scope(tenant)
            let key = try Self.key()
            var node = UsageReporter("node")
            func receipt(_ month: String) async throws -> ([UInt8], ReceiptStatement) {
                let bytes = try await plane.usageReceipt(
                    of: BillingPeriod(month), in: scope, key: key)
                return (bytes, try SignedReceipt.verify(bytes, publicKey: key.publicKey))
            }
            fixture.time.setUnix(seconds: (Self.start + 3_600_000) / 1000)
            _ = try await plane.take(
                node.report(
                    [node.cell(5 << 30, tenant: tenant.id, minute: Self.minute)],
                    watermark: Self.minute + 60 * 24 * 31))
            let early = try await receipt("2026-03").1
            #expect(!early.isFinal && early.cost == "12.5" && early.tenantID == "\(tenant.id)")

            fixture.time.setUnix(seconds: (Self.start + Self.month) / 1000)
            try await plane.foldUsage(atMilliseconds: Self.start + Self.month)
            let (bytes, sealed) = try await receipt("2026-03")
            #expect(sealed.isFinal && sealed.cells == 1 && sealed.cost == "12.5")
            // What comes now, and what costs more now, changes nothing of it.
            _ = try await plane.take(
                node.report([node.cell(6 << 30, tenant: tenant.id, minute: Self.minute)]))
            try await plane.foldUsage(atMilliseconds: Self.start + Self.month)
            _ = try await plane.createPriceBook(
                PriceBook(
                    currency: "EUR", title: "dear",
                    prices: [
                        Price(
                            sku: "write", meter: "written_bytes", description: "Written",
                            price: "3", pricingUnit: "GiB", unitSize: "\(1 << 30)")
                    ]), version: "dear", by: "test")
            fixture.time.advance(seconds: 60)
            #expect(try await receipt("2026-03").0 == bytes)
            let next = try await receipt("2026-04").1
            #expect(!next.isFinal && next.cost == "3" && next.currency == "EUR")
            #expect(next.totals.map(\.quantity) == ["\(1 << 30)"])
        }
    }

    @Test("a tenant's receipt has nobody else's usage")
    func others() async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme")
            let rival = try await fixture.makeTenant("rival")
            var node = UsageReporter("node")
            fixture.time.setUnix(seconds: Self.start / 1000)
            _ = try await fixture.controlPlane.take(
                node.report([node.cell(5, tenant: rival.id, minute: Self.minute)]))
            let key = try Self.key()
            let bytes = try await fixture.controlPlane.usageReceipt(
                of: BillingPeriod("2026-03"), in: try await fixture.scope(tenant), key: key)
            #expect(try SignedReceipt.verify(bytes, publicKey: nil).cells == 0)
        }
    }

    @Test("price books are never changed or removed, and the newest is in force")
    func priceBooks() async throws {
        try await Fixture.run { fixture in
            let plane = fixture.controlPlane
            #expect(try await plane.priceBook().version == PriceBook.publishedVersion)
            let book = try PriceBook.published()
            for version in ["b", "a"] {
                _ = try await plane.createPriceBook(book, version: version, by: "test")
            }
            #expect(try await plane.priceBook().version == "a")
            #expect(
                try await plane.priceBooks().map(\.version)
                    == ["a", "b", PriceBook.publishedVersion])
            for taken in ["a", PriceBook.publishedVersion] {
                await expectRefusal(.alreadyExists) {
                    _ = try await plane.createPriceBook(book, version: taken, by: "test")
                }
            }
            await expectRefusal(.invalidArgument) {
                _ = try await plane.createPriceBook(book, version: "A b", by: "test")
            }
            await expectRefusal(.notFound) { _ = try await plane.priceBook("none") }
            for statement: SQL in [
                "UPDATE usage.price_book SET created_by = 'me'", "DELETE FROM usage.price_book",
                "TRUNCATE usage.price_book", "DELETE FROM usage.receipt",
            ] {
                await #expect(throws: PostgresError.self) {
                    try await fixture.pool.query(statement)
                }
            }
        }
    }
}
