/// A record of comma-separated values (RFC 4180), ended by CR LF.
package enum CSVLine {
    package static func text(_ fields: [String]) -> String {
        fields.map(quoted).joined(separator: ",") + "\r\n"
    }

    /// A name that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV
    /// injection). Numbers of ours never look like one, but for a minus sign.
    private static func quoted(_ field: String) -> String {
        var field = field
        if let first = field.utf8.first, "=+@\t\r".utf8.contains(first) { field = "'" + field }
        let special: Set<UInt8> = [0x22, 0x2C, 0x0D, 0x0A]
        guard field.utf8.contains(where: special.contains) else { return field }
        var text = "\""
        for scalar in field.unicodeScalars {
            if scalar == "\"" { text += "\"" }
            text.unicodeScalars.append(scalar)
        }
        return text + "\""
    }
}
