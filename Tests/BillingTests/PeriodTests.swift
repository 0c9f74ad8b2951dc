import ChromaModel
import FoundationEssentials
import Testing

@testable import Billing

struct PeriodTests {
    @Test("every day from 1970 to 2400 is the day that the calendar says")
    func calendar() {
        for day in stride(from: 0, to: 157_000, by: 1) {
            let time = UTCTime(milliseconds: UInt64(day) * 86_400_000 + 3_723_004)
            let date = time.date
            #expect(
                UTCTime(year: date.year, month: date.month, day: date.day).milliseconds
                    == UInt64(day) * 86_400_000)
            if day.isMultiple(of: 97) {
                let known = Date(timeIntervalSince1970: Double(time.milliseconds / 1000))
                #expect(time.text == known.formatted(.iso8601))
            }
        }
    }

    @Test("a period begins where the one before ends")
    func periods() throws {
        let december = try BillingPeriod("2026-12")
        #expect(UTCTime(milliseconds: december.endMilliseconds).text == "2027-01-01T00:00:00Z")
        #expect(BillingPeriod(containing: december.endMilliseconds).description == "2027-01")
        #expect(BillingPeriod(containing: december.endMilliseconds - 1) == december)
        for text in ["2026", "2026-13", "2026-1", "26-01", "2026-00", "1969-12", "2026-+1", ""] {
            #expect(throws: ServiceError.self, "\(text)") { try BillingPeriod(text) }
        }
    }
}
