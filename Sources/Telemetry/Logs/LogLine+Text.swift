import Logging

extension LogLine {
    /// `TIME LEVEL LOGGER: MESSAGE key=value …`, with control characters escaped, so that a
    /// message can't forge another line.
    func appendText(to bytes: inout [UInt8]) {
        Timestamp.append(unixNanoseconds, to: &bytes)
        bytes.append(contentsOf: " \(level.rawValue) \(logger): ".utf8)
        JSONText.appendEscaped(message, to: &bytes)
        if let error {
            bytes.append(contentsOf: " error=".utf8)
            JSONText.append(error, to: &bytes)
        }
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            bytes.append(UInt8(ascii: " "))
            JSONText.appendEscaped(key, to: &bytes)
            bytes.append(UInt8(ascii: "="))
            JSONText.appendEscaped("\(value)", to: &bytes)
        }
    }
}
