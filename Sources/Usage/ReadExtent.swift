/// How much of a collection a read goes through, in logical bytes (protocol §9.2).
package struct ReadExtent: Sendable, Hashable {
    /// Of the live records, as of the last compaction.
    package var compactedBytes: UInt64
    /// Of the log entries since, 8 more for each.
    package var pulledLogBytes: UInt64

    package init(compactedBytes: UInt64 = 0, pulledLogBytes: UInt64 = 0) {
        self.compactedBytes = compactedBytes
        self.pulledLogBytes = pulledLogBytes
    }

    /// What a read of so many units goes through.
    package func queriedBytes(units: Int) -> UInt64 {
        let (bytes, overflow) = (compactedBytes + pulledLogBytes)
            .multipliedReportingOverflow(by: UInt64(clamping: units))
        return overflow ? .max : bytes
    }
}
