/// A record of comma-separated values (RFC 4180), ended by CR LF.
package enum CSVLine {
    package static func text(_ fields: [String]) -> String {
        fields.map(quoted).joined(separator: ",") + "\r\n"
    }

    /// A name that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV
    /// injection). Of ours only negative numbers look like one.
    private static func quoted(_ field: String) -> String {
        var field = field
        if isFormula(field) { field = "'" + field }
        let special: Set<UInt8> = [0x22, 0x2C, 0x0D, 0x0A]
        guard field.utf8.contains(where: special.contains) else { return field }
        var text = "\""
        for scalar in field.unicodeScalars {
            if scalar == "\"" { text += "\"" }
            text.unicodeScalars.append(scalar)
        }
        return text + "\""
    }

    private static func isFormula(_ field: String) -> Bool {
        guard let first = field.utf8.first else { return false }
        let isNumber = field.utf8.dropFirst().allSatisfy { "0123456789.".utf8.contains($0) }
        return "=+@\t\r".utf8.contains(first) || (first == UInt8(ascii: "-") && !isNumber)
    }
}
