import Testing

@testable import Telemetry

@Suite("Timestamps")
struct TimestampTests {
    @Test(
        "are RFC 3339 in UTC",
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"),
            (951_782_399_999_999_999, "2000-02-28T23:59:59.999999Z"),
            (951_782_400_000_000_000, "2000-02-29T00:00:00.000000Z"),
            (1_795_362_418_000_001_000, "2026-11-22T15:46:58.000001Z"),
            (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000000Z"),
        ] as [(UInt64, String)])
    func known(nanoseconds: UInt64, expected: String) {
        var bytes: [UInt8] = []
        Timestamp.append(nanoseconds, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }

    @Test("every day from 1970 to 2400 follows the one before")
    func calendar() {
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var expected = (year: 1970, month: 1, day: 1)
        for days in 0..<157_054 {
            #expect(Timestamp.civil(fromDays: days) == expected)
            let isLeap =
                expected.year % 4 == 0 && (expected.year % 100 != 0 || expected.year % 400 == 0)
            let length = lengths[expected.month - 1] + (isLeap && expected.month == 2 ? 1 : 0)
            expected.day += 1
            if expected.day > length { expected = (expected.year, expected.month + 1, 1) }
            if expected.month > 12 { expected = (expected.year + 1, 1, 1) }
        }
        #expect(expected == (2400, 1, 1))
    }
}
