import Usage

/// The cells of one boot: what it counted and what the keeper has of it.
///
/// **Invariant:** a cell is forgotten only when its minute has passed and the keeper has it, so
/// nothing is counted anew from zero.
struct LiveCells: Sendable {
    struct Place: Hashable {
        let key: UsageKey
        let meter: Meter
    }

    private struct Cell {
        var quantity: UInt64 = 0
        /// What the keeper has.
        var reported: UInt64 = 0
    }

    private var cells: [Place: Cell] = [:]
    /// Cells of which the keeper has less.
    private var unreported: Set<Place> = []

    var isReported: Bool { unreported.isEmpty }
    var isEmpty: Bool { cells.isEmpty }

    mutating func add(_ amount: UsageAmount) {
        for each in amount.quantities where each.quantity > 0 {
            let place = Place(key: amount.key, meter: each.meter)
            cells[place, default: Cell()].quantity.addSaturating(each.quantity)
            unreported.insert(place)
        }
    }

    /// All cells, one amount for each: what a spool file begins with.
    var snapshot: [UsageAmount] {
        cells.map {
            UsageAmount(
                key: $0.key.key, quantities: [MeterQuantity($0.key.meter, $0.value.quantity)])
        }
    }

    /// Some of what the keeper doesn't have.
    func pending(countMax: Int) -> [Place: UInt64] {
        var pending: [Place: UInt64] = [:]
        for place in unreported.prefix(countMax) { pending[place] = cells[place]?.quantity }
        return pending
    }

    /// The keeper has those quantities; cells of minutes before `minute` can't grow any more.
    mutating func acknowledge(_ reported: [Place: UInt64]) {
        for (place, quantity) in reported {
            guard var cell = cells[place] else { continue }
            cell.reported = max(cell.reported, quantity)
            cells[place] = cell
            if cell.reported == cell.quantity { unreported.remove(place) }
        }
    }

    /// Forgets what the keeper has of minutes that have passed.
    mutating func forget(before minute: UsageMinute) {
        cells = cells.filter { place, cell in
            place.key.minute >= minute || cell.reported < cell.quantity
        }
    }
}
