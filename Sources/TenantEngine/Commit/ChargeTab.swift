import ChromaModel
import TenantStorage
import Usage

/// Adds up what the entries of one group commit cost (`docs/metering.md`).
struct ChargeTab {
    private struct Key: Hashable {
        let collection: CollectionID
        let payer: UsageCredential
        let meter: Meter
    }

    private(set) var charges: [WriteCharge] = []
    private var places: [Key: Int] = [:]

    mutating func add(
        _ entry: LogEntry, by payer: UsageCredential, in directory: CollectionDirectory
    ) {
        if case .collectionForked(let source, _, _) = entry {
            add(1, .forks, source, payer, directory)
        } else if let (collection, changes) = entry.recordChanges {
            let bytes = changes.reduce(0) { $0 + $1.logicalBytes }
            add(UInt64(bytes), .writtenBytes, collection, payer, directory)
        }
    }

    private mutating func add(
        _ quantity: UInt64, _ meter: Meter, _ id: CollectionID, _ payer: UsageCredential,
        _ directory: CollectionDirectory
    ) {
        guard let collection = directory.collection(id) else { return }
        let key = Key(collection: id, payer: payer, meter: meter)
        let place = places[key]
        var sum = place.map { charges[$0].quantity } ?? 0
        sum.addSaturating(quantity)
        let charge = WriteCharge(
            database: collection.database, collection: id, credential: payer, meter: meter,
            quantity: sum)
        if let place {
            charges[place] = charge
        } else {
            places[key] = charges.count
            charges.append(charge)
        }
    }
}
