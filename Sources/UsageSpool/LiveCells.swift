import Usage

/// The cells of one boot: what it counted and what the keeper has of it.
///
/// **Invariants:** a cell is forgotten only when its minute has passed and the keeper has it; and
/// what is counted from then on is of a later minute, even if it comes late or the clock goes
/// back. So nothing is counted anew from zero.
struct LiveCells: Sendable {
    struct Place: Hashable {
        let key: UsageKey
        let meter: Meter
    }

    /// The cells of one key.
    private struct Row {
        struct Cell {
            let meter: Meter
            var quantity: UInt64
            /// What the keeper has.
            var reported: UInt64 = 0
        }

        var cells: [Cell] = []

        var isReported: Bool { cells.allSatisfy { $0.reported == $0.quantity } }

        mutating func add(_ amount: MeterQuantity) {
            if let place = cells.firstIndex(where: { $0.meter == amount.meter }) {
                cells[place].quantity.addSaturating(amount.quantity)
            } else {
                cells.append(Cell(meter: amount.meter, quantity: amount.quantity))
            }
        }

        mutating func acknowledge(_ meter: Meter, _ quantity: UInt64) {
            guard let place = cells.firstIndex(where: { $0.meter == meter }) else { return }
            cells[place].reported = max(cells[place].reported, quantity)
        }
    }

    private var rows: [UsageKey: Row] = [:]
    /// Rows of which the keeper has less.
    private var unreported: Set<UsageKey> = []
    /// Nothing is counted into minutes before this one any more.
    private var firstMinute = UsageMinute(0)

    var isReported: Bool { unreported.isEmpty }

    /// Counts what a request used into the minute it is.
    ///
    /// - Returns: what it was counted as.
    mutating func count(_ usage: RequestUsage, at now: UsageMinute) -> UsageAmount {
        let amount = usage.amount(in: max(now, firstMinute))
        add(amount)
        return amount
    }

    mutating func add(_ amount: UsageAmount) {
        var wasReported = true
        withRow(amount.key) { row in
            wasReported = row.isReported
            for each in amount.quantities { row.add(each) }
        }
        if wasReported { unreported.insert(amount.key) }
    }

    /// In place: a copy of the row would be made at each request.
    private mutating func withRow(_ key: UsageKey, _ body: (inout Row) -> Void) {
        body(&rows[key, default: Row()])
    }

    /// All cells, one amount for each key: what a spool file begins with.
    var snapshot: [UsageAmount] {
        rows.map { key, row in
            UsageAmount(
                key: key, quantities: row.cells.map { MeterQuantity($0.meter, $0.quantity) })
        }
    }

    /// Some of what the keeper doesn't have: all of it when it is less than `countMax`.
    func pending(countMax: Int) -> [Place: UInt64] {
        var pending: [Place: UInt64] = [:]
        for key in unreported {
            guard pending.count < countMax else { break }
            for cell in rows[key]?.cells ?? [] where cell.reported != cell.quantity {
                pending[Place(key: key, meter: cell.meter)] = cell.quantity
            }
        }
        return pending
    }

    /// Counts nothing into minutes before `minute` from now on.
    mutating func close(before minute: UsageMinute) { firstMinute = max(firstMinute, minute) }

    /// The keeper has those quantities.
    mutating func acknowledge(_ reported: [Place: UInt64]) {
        for (place, quantity) in reported {
            rows[place.key]?.acknowledge(place.meter, quantity)
            if rows[place.key]?.isReported == true { unreported.remove(place.key) }
        }
    }

    /// Forgets what the keeper has of closed minutes.
    mutating func forget() {
        let first = firstMinute
        rows = rows.filter { key, row in key.minute >= first || !row.isReported }
    }
}
