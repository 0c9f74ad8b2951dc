import TesseraRPC

/// What `tessera top` fills a terminal with.
package struct LoadScreen: Sendable {
    /// Keys and what they rank by.
    package static let orders: [(key: Character, word: String)] = [
        ("c", "cpu"), ("r", "reads"), ("w", "writes"), ("t", "tail"), ("m", "compaction"),
    ]

    /// nil before the first answer.
    package var answer: AdminMeasureTenantsResponse?
    /// As the API names it.
    package var order: String
    /// Why the last measurement failed; nil when it didn't.
    package var problem: String?

    package init(order: String) { self.order = order }

    /// The lines that fit, cut to the width.
    package func lines(rows: Int, columns: Int) -> [String] {
        let table = (answer?.tenants ?? []).reduce(into: AdminTenantLoad.emptyTable) {
            $1.append(to: &$0)
        }
        let lines = [state, ""] + table.lines
        let shown = lines.prefix(max(rows - 2, 0))
        let rest = Array(repeating: "", count: max(rows - 1 - shown.count, 0))
        return (shown + rest + [Self.help]).map { String($0.prefix(columns)) }
    }

    private var state: String {
        if let problem { return "tessera top: \(TextTable.printable(problem))" }
        guard let answer else { return "tessera top: measuring" }
        return "tessera top: by \(order), \(answer.openTenants) tenants open,"
            + " over \(ShortNumber.tenths(answer.intervalSeconds)) s"
    }

    private static let help =
        "q quits; by: " + orders.map { "\($0.key) \($0.word)" }.joined(separator: ", ")
}
