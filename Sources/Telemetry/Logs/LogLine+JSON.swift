import Logging

extension LogLine {
    /// `{"time","level","logger","message","error"?,"trace_id"?,"metadata"?}`
    func appendJSON(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: "{\"time\":\"".utf8)
        Timestamp.append(unixNanoseconds, to: &bytes)
        bytes.append(contentsOf: "\",\"level\":\"".utf8)
        bytes.append(contentsOf: level.rawValue.utf8)
        bytes.append(UInt8(ascii: "\""))
        Self.appendMember("logger", logger, to: &bytes)
        Self.appendMember("message", message, to: &bytes)
        if let error { Self.appendMember("error", error, to: &bytes) }
        var others = metadata
        if let trace = others.removeValue(forKey: Self.traceKey) {
            Self.appendMember(Self.traceKey, "\(trace)", to: &bytes)
        }
        if !others.isEmpty {
            bytes.append(contentsOf: ",\"metadata\":".utf8)
            Self.appendObject(others, to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private static func appendMember(_ name: String, _ value: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: ","))
        JSONText.append(name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        JSONText.append(value, to: &bytes)
    }

    /// Members in order of their names, so that equal events make equal lines.
    private static func appendObject(_ object: Logger.Metadata, to bytes: inout [UInt8]) {
        appendList(object.sorted { $0.key < $1.key }, "{", "}", to: &bytes) { member, bytes in
            JSONText.append(member.key, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            append(member.value, to: &bytes)
        }
    }

    private static func append(_ value: Logger.Metadata.Value, to bytes: inout [UInt8]) {
        switch value {
        case .string(let text): JSONText.append(text, to: &bytes)
        case .stringConvertible(let number as any FixedWidthInteger):
            bytes.append(contentsOf: "\(number)".utf8)
        case .stringConvertible(let flag as Bool): bytes.append(contentsOf: "\(flag)".utf8)
        case .stringConvertible(let other): JSONText.append(other.description, to: &bytes)
        case .dictionary(let object): appendObject(object, to: &bytes)
        case .array(let values): appendList(values, "[", "]", to: &bytes, append)
        }
    }

    private static func appendList<Element>(
        _ elements: [Element], _ open: String, _ close: String, to bytes: inout [UInt8],
        _ append: (Element, inout [UInt8]) -> Void
    ) {
        bytes.append(contentsOf: open.utf8)
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(element, &bytes)
        }
        bytes.append(contentsOf: close.utf8)
    }
}
