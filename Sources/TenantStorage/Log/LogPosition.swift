/// The number of a log entry: 1 for a tenant's first, rising by 1, never reused.
package struct LogPosition: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let value: UInt64
    package init(_ value: UInt64) { self.value = value }

    /// Before the first entry.
    package static let zero = LogPosition(0)

    package var next: LogPosition { LogPosition(value + 1) }
    package var description: String { String(value) }

    package static func < (left: LogPosition, right: LogPosition) -> Bool {
        left.value < right.value
    }
}
