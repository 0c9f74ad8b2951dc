import Access
import ChromaModel

extension TenantProfile {
    /// Longest display name, in bytes.
    package static let displayNameBytesMax = 512
    package static let labelsMax = 64
    /// Longest key of a label, in bytes.
    package static let labelKeyBytesMax = 63
    /// Longest value of a label, in bytes.
    package static let labelValueBytesMax = 256

    /// Throws `invalidArgument`, naming the field and what it may be.
    package func validate() throws(ServiceError) {
        try ShownText.check(displayName, field: "display_name", bytesMax: Self.displayNameBytesMax)
        guard labels.count <= Self.labelsMax else {
            throw .invalid("labels takes at most \(Self.labelsMax) entries.")
        }
        for (key, value) in labels {
            guard Self.isLabelKey(key) else {
                throw .invalid(
                    "A label's key is 1 to \(Self.labelKeyBytesMax) of a-z, 0-9, '_', '-', '.' and"
                        + " '/', and begins with a letter.")
            }
            try ShownText.check(
                value, field: "labels.\(key)", bytesMax: Self.labelValueBytesMax)
        }
    }

    package static func isLabelKey(_ key: String) -> Bool {
        (1...labelKeyBytesMax).contains(key.utf8.count)
            && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(key.utf8.first ?? 0)
            && key.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"):
                    true
                default: false
                }
            }
    }
}

/// Text that people are shown.
enum ShownText {
    /// Throws `invalidArgument` for what is too long or would garble a terminal.
    static func check(_ text: String, field: String, bytesMax: Int) throws(ServiceError) {
        guard text.utf8.count <= bytesMax,
            text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else {
            throw .invalid(
                "\(field) must be at most \(bytesMax) bytes, without control characters.")
        }
    }
}
