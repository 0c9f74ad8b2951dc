import ChromaModel

/// A calendar month in UTC: what is billed, sealed and receipted as one.
package struct BillingPeriod: Sendable, Hashable, CustomStringConvertible {
    package let year: Int
    package let month: Int

    /// The period that a moment is in.
    package init(containing milliseconds: UInt64) {
        let date = UTCTime(milliseconds: milliseconds).date
        year = date.year
        month = date.month
    }

    /// Reads "2026-11". Throws `invalidArgument`.
    package init(_ text: String) throws(ServiceError) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == 4, parts[1].count == 2,
            parts.joined().allSatisfy({ (0x30...0x39).contains($0) }),
            let year = Int(String(decoding: parts[0], as: UTF8.self)), year >= 1970,
            let month = Int(String(decoding: parts[1], as: UTF8.self)), (1...12).contains(month)
        else { throw .invalid("A period is a month, written like 2026-11.") }
        self.year = year
        self.month = month
    }

    /// Unix time, inclusive.
    package var startMilliseconds: UInt64 {
        UTCTime(year: year, month: month, day: 1).milliseconds
    }

    /// Unix time, exclusive.
    package var endMilliseconds: UInt64 {
        UTCTime(year: month == 12 ? year + 1 : year, month: month % 12 + 1, day: 1).milliseconds
    }

    package var description: String {
        "\(UTCTime.padded(UInt64(year), 4))-\(UTCTime.padded(UInt64(month), 2))"
    }
}
