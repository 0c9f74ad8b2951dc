import SwiftProtobuf

extension Google_Protobuf_Timestamp {
    /// The last second that protobuf's JSON can write, in the year 9999.
    private static let secondsMax: Int64 = 253_402_300_799

    /// - Parameter milliseconds: Unix time.
    package init(unixMilliseconds milliseconds: UInt64) {
        self.init(
            seconds: Int64(clamping: milliseconds / 1000),
            nanos: Int32(milliseconds % 1000) * 1_000_000)
    }

    /// Unix time, rounded down; nil before 1970 and after 9999.
    package var unixMilliseconds: UInt64? {
        guard (0...Self.secondsMax).contains(seconds), (0..<1_000_000_000).contains(nanos) else {
            return nil
        }
        return UInt64(seconds) * 1000 + UInt64(nanos / 1_000_000)
    }
}
