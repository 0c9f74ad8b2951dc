/// A moment as RFC 3339 text in UTC, to the second, and back to the calendar.
///
/// Days are counted from 1970-01-01 in the proleptic Gregorian calendar, without leap seconds.
package struct UTCTime: Sendable, Hashable {
    package let milliseconds: UInt64

    package init(milliseconds: UInt64) { self.milliseconds = milliseconds }

    /// For example "2026-11-22T21:00:00Z".
    package var text: String {
        let seconds = milliseconds / 1000 % 86400
        let (year, month, day) = date
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { Self.padded($0, 2) }
        return "\(Self.padded(UInt64(year), 4))-\(Self.padded(UInt64(month), 2))-"
            + "\(Self.padded(UInt64(day), 2))T\(clock.joined(separator: ":"))Z"
    }

    /// Year, month and day from 1.
    package var date: (year: Int, month: Int, day: Int) {
        // Years begin in March here, so that the leap day is the last one.
        let days = Int(milliseconds / 86_400_000) + 719_468
        let era = days / 146_097
        let dayOfEra = days % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    /// Midnight of a day. The year is 1970 or later, the month in 1...12.
    package init(year: Int, month: Int, day: Int) {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear % 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        milliseconds = UInt64(max(0, era * 146_097 + dayOfEra - 719_468)) * 86_400_000
    }

    static func padded(_ number: UInt64, _ digits: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
