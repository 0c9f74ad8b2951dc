import ChromaModel
import TestSupport
import Testing

@testable import Billing

struct MoneyTests {
    @Test("the worked example of the published prices costs what it says")
    func workedExample() throws {
        let book = try PriceBook.published()
        let query = try #require(book.price(of: "queried_bytes"))
        // 10 units × 10,000 queries × 10 GiB = 0.9765625 PiB; "0.01 TiB" there is 10/1024 here.
        let bytes = Int128(10 * 10_000) * 10 * (1 << 30)
        #expect(try query.cost(of: bytes).description == "7.32421875")
        #expect(try query.pricingQuantity(of: bytes) == "976.5625")
        let write = try #require(book.price(of: "written_bytes"))
        #expect(try write.cost(of: 1 << 30).description == "2.5")
        let stored = try #require(book.price(of: "stored_byte_minutes"))
        #expect(try stored.cost(of: (1 << 30) * 60 * 730).description == "0.33")
        #expect(try book.price(of: "forks")?.cost(of: 7).description == "0.21")
        #expect(book.price(of: "requests") == nil)
    }

    @Test("amounts read back as they are written, and nothing else is an amount")
    func texts() throws {
        for text in ["0", "2.5", "-0.0075", "123456789012345678.000000000001"] {
            #expect(try Money(text).description == text)
        }
        #expect(try Money("2.50").description == "2.5")
        for text in ["", "-", ".5", "1.", "1e3", "+1", "1,5", "0.0000000000001", "１", "1.2.3"] {
            #expect(throws: ServiceError.self, "\(text)") { try Money(text) }
        }
    }

    @Test("a product is rounded once, a half to the even one, and never wraps")
    func rounding() throws {
        let cases: [(Int128, Int128, Int128, Int128)] = [
            (1, 1, 2, 0), (3, 1, 2, 2), (5, 1, 2, 2), (-1, 1, 2, 0), (-3, 1, 2, -2),
            (7, 1, 4, 2), (5, 1, 4, 1), (10, 3, 1, 30),
        ]
        for (value, factor, divisor, expected) in cases {
            #expect(try value.scaled(by: factor, over: divisor) == expected)
        }
        #expect(throws: ServiceError.self) { try Int128.max.scaled(by: 2, over: 1) }
    }

    @Test("costs of parts differ from the cost of the whole by their roundings alone")
    func additivity() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        let random = SeededRandom(seed: seed)
        let price = try #require(try PriceBook.published().price(of: "written_bytes"))
        for _ in 0..<200 {
            let parts = (0..<20).map { _ in Int128(random.below(1 << 40)) }
            let sum = try parts.reduce(Money.zero) { try $0.adding(price.cost(of: $1)) }
            let whole = try price.cost(of: parts.reduce(0, +))
            #expect((sum.parts - whole.parts).magnitude <= 10)
        }
    }
}
