import TenantStorage

/// What is in a file or a tenant's directory, for people and for programs.
package struct FileReport: Sendable {
    package struct Fact: Sendable {
        package let name: String
        package let value: String
    }

    package struct Table: Sendable {
        package let title: String
        package let columns: [String]
        package internal(set) var rows: [[String]]
        /// Rows that the limit left out.
        package internal(set) var omitted = 0
    }

    package let path: String
    /// For example `log file` or `segment`.
    package let kind: String
    package internal(set) var facts: [Fact] = []
    package internal(set) var tables: [Table] = []
    package internal(set) var findings: [Finding] = []

    init(_ path: String, _ kind: String) {
        self.path = path
        self.kind = kind
    }

    /// Whether nothing is wrong; leftovers are not.
    package var isClean: Bool { findings.allSatisfy { $0.severity == .leftover } }

    mutating func add(_ name: String, _ value: some CustomStringConvertible) {
        facts.append(Fact(name: name, value: value.description))
    }

    /// Adds a table of at most `limit` rows.
    mutating func add(
        _ title: String, _ columns: [String], limit: Int, _ rows: some Sequence<[String]>
    ) {
        var table = Table(title: title, columns: columns, rows: [])
        for row in rows {
            if table.rows.count < limit { table.rows.append(row) } else { table.omitted += 1 }
        }
        tables.append(table)
    }
}

// MARK: - JSON

extension FileReport: Encodable {
    private enum Key: String, CodingKey { case path, kind, facts, tables, findings }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(path, forKey: .path)
        try container.encode(kind, forKey: .kind)
        try container.encode(
            Dictionary(facts.map { ($0.name, $0.value) }) { first, _ in first }, forKey: .facts)
        try container.encode(tables, forKey: .tables)
        try container.encode(findings, forKey: .findings)
    }
}

extension FileReport.Table: Encodable {
    private enum Key: String, CodingKey { case title, rows, omitted }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(title, forKey: .title)
        try container.encode(omitted, forKey: .omitted)
        try container.encode(
            rows.map { Dictionary(zip(columns, $0)) { first, _ in first } }, forKey: .rows)
    }
}
