/// A minute of Unix time, in UTC.
package struct UsageMinute: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Whole minutes since the Unix epoch.
    package let value: UInt32
    package init(_ value: UInt32) { self.value = value }

    /// The minute that a time is in.
    package init(milliseconds: UInt64) {
        value = UInt32(clamping: milliseconds / Self.millisecondsPerMinute)
    }

    /// When it begins, in Unix milliseconds.
    package var milliseconds: UInt64 { UInt64(value) * Self.millisecondsPerMinute }
    package var description: String { String(value) }

    private static let millisecondsPerMinute: UInt64 = 60_000

    package static func < (left: UsageMinute, right: UsageMinute) -> Bool {
        left.value < right.value
    }
}
