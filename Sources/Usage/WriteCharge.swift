import ChromaModel

/// What one group of writes cost, as their log says it: who was charged what, and when.
package struct WriteCharges: Sendable, Hashable {
    /// When the group was committed, in Unix milliseconds; never less than the group before's.
    package let milliseconds: UInt64
    package let charges: [WriteCharge]

    package init(milliseconds: UInt64, charges: [WriteCharge]) {
        self.milliseconds = milliseconds
        self.charges = charges
    }
}

/// One quantity that writes to a collection cost.
package struct WriteCharge: Sendable, Hashable {
    package let database: DatabaseID
    package let collection: CollectionID
    package let credential: UsageCredential
    package let meter: Meter
    package let quantity: UInt64

    package init(
        database: DatabaseID, collection: CollectionID, credential: UsageCredential,
        meter: Meter, quantity: UInt64
    ) {
        self.database = database
        self.collection = collection
        self.credential = credential
        self.meter = meter
        self.quantity = quantity
    }
}
