/// RFC 3339 in UTC with microseconds, without Foundation: it is on the way of every request.
enum Timestamp {
    static func append(_ unixNanoseconds: UInt64, to bytes: inout [UInt8]) {
        let seconds = Int(unixNanoseconds / 1_000_000_000)
        let (year, month, day) = civil(fromDays: seconds / 86_400)
        let second = seconds % 86_400
        appendDigits(year, 4, to: &bytes)
        appendDigits(month, 2, after: "-", to: &bytes)
        appendDigits(day, 2, after: "-", to: &bytes)
        appendDigits(second / 3600, 2, after: "T", to: &bytes)
        appendDigits(second / 60 % 60, 2, after: ":", to: &bytes)
        appendDigits(second % 60, 2, after: ":", to: &bytes)
        appendDigits(Int(unixNanoseconds % 1_000_000_000 / 1000), 6, after: ".", to: &bytes)
        bytes.append(UInt8(ascii: "Z"))
    }

    /// Days since 1970-01-01 as a date of the Gregorian calendar. Years are counted from March,
    /// so that the leap day is the last of its year; 400 years have 146,097 days.
    static func civil(fromDays days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func appendDigits(
        _ number: Int, _ width: Int, after separator: Unicode.Scalar? = nil,
        to bytes: inout [UInt8]
    ) {
        if let separator { bytes.append(UInt8(ascii: separator)) }
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0x30, count: width))
        var rest = number
        for place in stride(from: start + width - 1, through: start, by: -1) {
            bytes[place] = 0x30 + UInt8(rest % 10)
            rest /= 10
        }
    }
}
