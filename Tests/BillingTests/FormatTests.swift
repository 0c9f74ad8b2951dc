import ChromaModel
import FoundationEssentials
import TestSupport
import Testing

@testable import Billing

struct FormatTests {
    private func text(_ format: UsageFormat, _ lines: [UsageLine]) throws -> String {
        var writer = UsageWriter(
            format, prices: try .published(), version: PriceBook.publishedVersion,
            source: "tessera/test")
        var bytes = writer.head
        for line in lines { bytes += try writer.bytes(of: line) }
        return String(decoding: bytes + writer.tail, as: UTF8.self)
    }

    @Test("the same usage has the same id, and other usage another")
    func ids() throws {
        let random = SeededRandom(seed: 5)
        let line = try Samples.lines(1, random)[0]
        var others = [UsageLine](repeating: line, count: 7)
        others[0].tenantID += "x"
        others[1].databaseID = ""
        others[2].meter += "_x"
        others[3].startMilliseconds += 1
        others[4].isCorrection = true
        others[5].tenantID = line.tenantID + line.databaseID
        others[5].databaseID = ""
        others[6].quantity += 1
        others[6].database = "renamed"
        #expect(line.id.utf8.count == 32)
        #expect(Set((others.dropLast() + [line]).map(\.id)).count == 7)
        #expect(others[6].id == line.id)
    }

    @Test("CSV quotes what has to be, ends lines with CR LF and runs no formula")
    func csv() throws {
        var line = try Samples.lines(1, SeededRandom(seed: 6))[0]
        line.credential = "=1+1"
        let rows = try text(.csv, [line]).split(separator: "\r\n")
        #expect(rows.count == 2)
        #expect(rows[1].contains(#""db, ""quoted""""#) && rows[1].contains(",'=1+1,"))
    }

    @Test(
        "what a spreadsheet would take for a formula is text, and a negative number is one",
        arguments: [
            ("=1", "'=1"), ("+1", "'+1"), ("@SUM(A1)", "'@SUM(A1)"), ("-1+1", "'-1+1"),
            ("-cmd|x", "'-cmd|x"), ("-1.50", "-1.50"), ("a=b", "a=b"), ("", ""),
        ])
    func formulas(field: String, written: String) {
        #expect(CSVLine.text([field]) == written + "\r\n")
    }

    @Test("a batch of no, one and three events is JSON")
    func events() throws {
        for count in [0, 1, 3] {
            let lines = try Samples.lines(count, SeededRandom(seed: 7))
            let batch = try #require(
                try DecodedEvents.array(try text(.cloudEvents, lines)))
            #expect(batch.map(\.id) == lines.map(\.id))
            #expect(batch.allSatisfy { $0.specversion == "1.0" && $0.subject == "acme" })
        }
    }

    @Test("FOCUS has the mandatory columns, and a row for each line that has a price")
    func focus() throws {
        let mandatory = [
            "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency",
            "BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory", "ChargeClass",
            "ChargeDescription", "ChargePeriodEnd", "ChargePeriodStart", "ContractedCost",
            "EffectiveCost", "InvoiceIssuerName", "ListCost", "PricingQuantity", "PricingUnit",
            "ProviderName", "PublisherName", "ServiceCategory", "ServiceName",
        ]
        #expect(mandatory.allSatisfy(FOCUSCharge.columns.contains))
        let lines = try Samples.lines(40, SeededRandom(seed: 8))
        let rows = try text(.focus, lines).split(separator: "\r\n")
        #expect(rows.count == 1 + lines.filter { $0.meter != "requests" }.count)
        var line = try #require(lines.first { $0.meter == "forks" })
        line.isCorrection = true
        let charge = FOCUSCharge(
            line: line, price: try #require(try PriceBook.published().price(of: "forks")),
            currency: "USD", version: "v")
        let values = Dictionary(uniqueKeysWithValues: zip(FOCUSCharge.columns, try charge.values))
        #expect(values.count == (try charge.values.count))
        #expect(values["ChargeClass"] == "Correction" && values["BilledCost"] == values["ListCost"])
    }
}

/// The members of an event that the tests look at.
enum DecodedEvents {
    struct Event: Decodable {
        let id: String
        let specversion: String
        let subject: String
    }

    static func array(_ text: String) throws -> [Event]? {
        try JSONDecoder().decode([Event].self, from: Data(text.utf8))
    }
}
