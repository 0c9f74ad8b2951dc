import Access
import ChromaModel
import Usage

/// What a request that reached a collection's records used of it, beside counting as a request
/// (`docs/metering.md`).
struct RequestCharge: Sendable, Equatable {
    let database: DatabaseID
    let collection: CollectionID
    private(set) var quantities: [MeterQuantity] = []
    /// Of a read; 0 for what changes records.
    private(set) var queryUnits = 0

    /// A request that changed records: the engine's log says how much was written.
    init(writeTo collection: CollectionID, in scope: DatabaseScope) {
        database = scope.database
        self.collection = collection
    }

    /// A request that read records.
    ///
    /// - Parameters:
    ///   - units: of the query.
    ///   - extent: what each unit goes through.
    ///   - returnedBytes: logical bytes of what is shown.
    init(
        readOf collection: CollectionID, in scope: DatabaseScope, units: Int,
        extent: ReadExtent, returnedBytes: Int
    ) {
        self.init(writeTo: collection, in: scope)
        queryUnits = units
        quantities = [
            MeterQuantity(.queryUnits, UInt64(units)),
            MeterQuantity(.queriedBytes, extent.queriedBytes(units: units)),
            MeterQuantity(.returnedBytes, UInt64(returnedBytes)),
        ]
    }
}
