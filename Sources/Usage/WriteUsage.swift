import ChromaModel

/// A tenant's usage by writes, folded from its log: the same log always gives the same cells.
///
/// **Invariants:** time never goes back, so the cells of an earlier minute are complete. A cell is
/// forgotten only when it is complete and the keeper has it. What was forgotten is never counted
/// anew: replay begins behind a checkpoint that has no part of it, and later.
package struct WriteUsage: Sendable, Hashable {
    /// What a quantity is of, within the tenant.
    package struct Key: Sendable, Hashable {
        package let database: DatabaseID
        package let collection: CollectionID
        package let credential: UsageCredential
        package let meter: Meter
        package let minute: UsageMinute

        package init(
            database: DatabaseID, collection: CollectionID, credential: UsageCredential,
            meter: Meter, minute: UsageMinute
        ) {
            self.database = database
            self.collection = collection
            self.credential = credential
            self.meter = meter
            self.minute = minute
        }
    }

    /// A collection whose size may have changed since it was last reported.
    package struct Resized: Sendable, Hashable {
        package let database: DatabaseID
        /// Log position of the last change.
        package let position: UInt64

        package init(database: DatabaseID, position: UInt64) {
            self.database = database
            self.position = position
        }
    }

    /// Cells beyond this aren't begun for new minutes: with the keeper away for long the minute
    /// stands still, so that memory is bounded and no byte is lost.
    package static let cellsMax = 65_536

    /// When the first charges were committed: what tells this log from one that is begun anew
    /// under the same tenant. 0 before.
    package private(set) var bornMilliseconds: UInt64
    /// When the last were, or when time was last known to have passed.
    package private(set) var lastMilliseconds: UInt64
    package private(set) var cells: [Key: UInt64]
    package private(set) var resized: [CollectionID: Resized]

    package init(
        bornMilliseconds: UInt64 = 0, lastMilliseconds: UInt64 = 0, cells: [Key: UInt64] = [:],
        resized: [CollectionID: Resized] = [:]
    ) {
        self.bornMilliseconds = bornMilliseconds
        self.lastMilliseconds = lastMilliseconds
        self.cells = cells
        self.resized = resized
    }

    /// Whether the keeper has everything.
    package var isReported: Bool { cells.isEmpty && resized.isEmpty }

    /// The time to write down for charges that are committed now.
    package func stamp(atMilliseconds now: UInt64) -> UInt64 {
        cells.count < Self.cellsMax ? max(now, lastMilliseconds) : lastMilliseconds
    }

    /// Folds charges in.
    ///
    /// - Parameter position: of their log entry.
    package mutating func add(_ charges: WriteCharges, at position: UInt64) {
        if bornMilliseconds == 0 { bornMilliseconds = charges.milliseconds }
        lastMilliseconds = max(lastMilliseconds, charges.milliseconds)
        let minute = UsageMinute(milliseconds: lastMilliseconds)
        for charge in charges.charges {
            let key = Key(
                database: charge.database, collection: charge.collection,
                credential: charge.credential, meter: charge.meter, minute: minute)
            cells[key, default: 0].addSaturating(charge.quantity)
            noteResized(charge.collection, in: charge.database, at: position)
        }
    }

    /// Notes that a collection's size is another, or that it is gone.
    package mutating func noteResized(
        _ collection: CollectionID, in database: DatabaseID, at position: UInt64
    ) {
        resized[collection] = Resized(database: database, position: position)
    }

    /// Forgets what the keeper has and what can't grow any more.
    ///
    /// - Parameters:
    ///   - reported: quantities as they were reported.
    ///   - sizes: collections whose sizes were reported, as they were noted then.
    ///   - now: in Unix milliseconds.
    package mutating func acknowledge(
        _ reported: [Key: UInt64], sizes: [CollectionID: Resized], atMilliseconds now: UInt64
    ) {
        lastMilliseconds = max(lastMilliseconds, now)
        let minute = UsageMinute(milliseconds: lastMilliseconds)
        for (key, quantity) in reported where key.minute < minute && cells[key] == quantity {
            cells[key] = nil
        }
        for (collection, size) in sizes where resized[collection] == size {
            resized[collection] = nil
        }
    }
}

extension UInt64 {
    /// Adds, and stays at the largest where that doesn't fit.
    package mutating func addSaturating(_ other: UInt64) {
        let (sum, overflow) = addingReportingOverflow(other)
        self = overflow ? .max : sum
    }
}
