import ChromaModel
import Testing

@testable import Billing

struct PriceBookTests {
    @Test("the same prices have the same digest in whatever order and spelling they come")
    func digest() throws {
        let book = try PriceBook.published()
        let again = try PriceBook(json: try book.canonicalJSON)
        #expect(again == book)
        #expect(try again.digest == book.digest)
        let turned = try PriceBook(
            currency: book.currency, title: book.title, prices: book.prices.reversed())
        #expect(try turned.digest == book.digest)
        let dearer = try PriceBook(
            currency: book.currency, title: book.title, prices: Array(book.prices.dropLast()))
        #expect(try dearer.digest != book.digest)
    }

    @Test("what can't be charged by is refused")
    func refusals() {
        let good = #"{"sku":"a","meter":"m","description":"d","price":"1","pricing_unit":"u","#
        let bodies = [
            "[]", "{}", #"{"currency":"USD","title":"t","prices":[]}"#,
            book("usd", good + #""unit_size":"1"}"#),
            book("USD", good + #""unit_size":"0"}"#),
            book("USD", good + #""unit_size":"-1"}"#),
            book("USD", good + #""unit_size":"1.5"}"#),
            book("USD", good + #""unit_size":"1"},"# + good + #""unit_size":"1"}"#),
        ]
        for body in bodies {
            #expect(throws: ServiceError.self, "\(body)") { try PriceBook(json: Array(body.utf8)) }
        }
        #expect(throws: Never.self) {
            try PriceBook(json: Array(book("USD", good + #""unit_size":"1"}"#).utf8))
        }
    }

    private func book(_ currency: String, _ prices: String) -> String {
        #"{"currency":"\#(currency)","title":"t","prices":[\#(prices)]}"#
    }
}
