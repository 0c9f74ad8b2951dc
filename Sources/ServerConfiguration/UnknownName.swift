/// A name that nothing has, and the known one that was probably meant.
struct UnknownName {
    let name: String
    let nearest: String?

    init(_ name: String, known: [String]) {
        self.name = name
        nearest = known.min { Self.distance(name, $0) < Self.distance(name, $1) }
    }

    var complaint: String {
        "\"\(name)\" is not a setting.\(hint) config/tessera.yaml lists them all."
    }

    /// A question to end the complaint with; empty when nothing is known.
    var hint: String { nearest.map { " Did you mean \"\($0)\"?" } ?? "" }

    /// How many bytes must be inserted, removed or replaced to make one of the other
    /// (Levenshtein).
    static func distance(_ left: String, _ right: String) -> Int {
        let target = Array(right.utf8)
        var row = Array(0...target.count)
        for (line, byte) in left.utf8.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, other) in target.enumerated() {
                let replaced = diagonal + (byte == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
            }
        }
        return row[target.count]
    }
}
