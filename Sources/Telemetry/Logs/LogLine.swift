import Logging

/// What one line of the log says, before it is bytes.
struct LogLine {
    let unixNanoseconds: UInt64
    let level: Logger.Level
    let logger: String
    let message: String
    let error: String?
    let metadata: Logger.Metadata

    /// The metadata key that becomes a member of its own, so that tools find it.
    static let traceKey = "trace_id"
    static let spanKey = "span_id"
    static let traceKeys: Set<String> = [traceKey, spanKey]

    /// The line with its newline.
    func rendered(as format: LogFormat) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.usualBytes)
        switch format {
        case .json: appendJSON(to: &bytes)
        case .text: appendText(to: &bytes)
        }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private static let usualBytes = 256
}
