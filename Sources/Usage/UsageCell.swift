import ChromaModel

/// Who is charged: a token's key id, or the issuer and the digest of the subject of a JSON Web
/// Token. Empty where the server itself acted.
package struct UsageCredential: ByteText {
    package let value: String
    package init(_ value: String) { self.value = value }

    package static let server = UsageCredential("")
}

/// Who counted: a process by its installation, or a tenant's log; and which of its lives.
///
/// Quantities are cumulative within one boot, so what two boots counted adds up, and what one
/// boot reports twice doesn't.
package struct UsageOrigin: Hashable, Comparable, Sendable {
    package let source: String
    package let boot: String

    package init(source: String, boot: String) {
        self.source = source
        self.boot = boot
    }

    package static func == (left: UsageOrigin, right: UsageOrigin) -> Bool {
        left.source.isByteEqual(to: right.source) && left.boot.isByteEqual(to: right.boot)
    }

    package static func < (left: UsageOrigin, right: UsageOrigin) -> Bool {
        if left.source.isByteEqual(to: right.source) {
            return left.boot.utf8.lexicographicallyPrecedes(right.boot.utf8)
        }
        return left.source.utf8.lexicographicallyPrecedes(right.source.utf8)
    }
}

/// What a quantity is of.
package struct UsageKey: Hashable, Comparable, Sendable {
    package let tenant: TenantID
    /// Nil: not of one database.
    package let database: DatabaseID?
    /// Nil: not of one collection.
    package let collection: CollectionID?
    package let credential: UsageCredential
    package let minute: UsageMinute

    package init(
        tenant: TenantID, database: DatabaseID?, collection: CollectionID?,
        credential: UsageCredential, minute: UsageMinute
    ) {
        self.tenant = tenant
        self.database = database
        self.collection = collection
        self.credential = credential
        self.minute = minute
    }

    package static func < (left: UsageKey, right: UsageKey) -> Bool {
        if left.tenant != right.tenant { return left.tenant < right.tenant }
        let (leftPlace, rightPlace) = (left.place, right.place)
        if leftPlace.0 != rightPlace.0 { return leftPlace.0 < rightPlace.0 }
        if leftPlace.1 != rightPlace.1 { return leftPlace.1 < rightPlace.1 }
        if left.credential != right.credential { return left.credential < right.credential }
        return left.minute < right.minute
    }

    /// Database and collection, zeros where there is none.
    package var place: (UniqueID, UniqueID) {
        (database?.uuid ?? Self.none, collection?.uuid ?? Self.none)
    }

    /// What stands for no database and no collection.
    package static let none = UniqueID(high: 0, low: 0)
}

/// How much was used in one minute, as one origin counted it from the beginning of the minute.
///
/// Of two cells that differ in the quantity alone the larger holds: that is the whole of merging.
package struct UsageCell: Hashable, Comparable, Sendable {
    package let key: UsageKey
    package let meter: Meter
    package let origin: UsageOrigin
    package let quantity: UInt64

    package init(key: UsageKey, meter: Meter, origin: UsageOrigin, quantity: UInt64) {
        self.key = key
        self.meter = meter
        self.origin = origin
        self.quantity = quantity
    }

    /// The one order in which cells are ever written: two writers that each lock rows in this
    /// order never wait for each other in a circle.
    package static func < (left: UsageCell, right: UsageCell) -> Bool {
        if left.key != right.key { return left.key < right.key }
        if left.meter != right.meter {
            return left.meter.rawValue.utf8.lexicographicallyPrecedes(right.meter.rawValue.utf8)
        }
        return left.origin < right.origin
    }
}
