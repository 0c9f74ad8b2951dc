/// Rows under a header, in aligned columns.
package struct TextTable {
    private static let gap = "  "

    private var rows: [[String]]

    /// - Parameter header: the column names.
    package init(_ header: String...) { self.init(header) }

    package init(_ header: [String]) { rows = [header] }

    /// Adds a row with as many cells as the header. Control characters are shown as `?`, so that
    /// a name can't write over the terminal.
    package mutating func add(_ cells: String...) { add(cells) }

    package mutating func add(_ cells: [String]) { rows.append(cells.map(Self.printable)) }

    /// The table's lines, without spaces at their ends.
    package var lines: [String] {
        let widths = (rows.first ?? []).indices.map { column in
            rows.map { $0[column].count }.max() ?? 0
        }
        return rows.map { row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            let line = cells.joined(separator: Self.gap)
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    /// The text on one line, without what would write over the terminal.
    package static func printable(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            let hidden = [.control, .format].contains(scalar.properties.generalCategory)
            result.unicodeScalars.append(hidden ? "?" : scalar)
        }
        return result
    }
}
