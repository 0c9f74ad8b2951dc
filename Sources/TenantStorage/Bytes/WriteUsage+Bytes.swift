import ChromaModel
import Usage

// How write usage is laid out in log entries and checkpoints. Meters go by their names, so that
// their numbers need not be kept.

extension ByteWriter {
    mutating func put(_ charges: WriteCharges) {
        put(charges.milliseconds)
        put(each: charges.charges) { charge, writer in
            writer.put(charge.database.uuid)
            writer.put(charge.collection.uuid)
            writer.put(charge.credential.value)
            writer.put(charge.meter.rawValue)
            writer.put(charge.quantity)
        }
    }

    /// In the order of their bytes' fields, so that equal usage is equal bytes.
    mutating func put(_ usage: WriteUsage) {
        put(usage.bornMilliseconds)
        put(usage.lastMilliseconds)
        let cells = usage.cells.map { (key: $0.key, quantity: $0.value) }
        put(each: cells.sorted { $0.key.sortKey < $1.key.sortKey }) { cell, writer in
            writer.put(cell.key.database.uuid)
            writer.put(cell.key.collection.uuid)
            writer.put(cell.key.credential.value)
            writer.put(cell.key.meter.rawValue)
            writer.put(cell.key.minute.value)
            writer.put(cell.quantity)
        }
        put(each: usage.resized.sorted { $0.key < $1.key }) { pair, writer in
            writer.put(pair.key.uuid)
            writer.put(pair.value.database.uuid)
            writer.put(pair.value.position)
        }
    }
}

extension ByteReader {
    mutating func takeCharges() throws(StorageError) -> WriteCharges {
        let milliseconds: UInt64 = try take()
        let charges = try takeList(bytesMin: 48) { (reader) throws(StorageError) in
            WriteCharge(
                database: DatabaseID(try reader.takeID()),
                collection: CollectionID(try reader.takeID()),
                credential: UsageCredential(try reader.takeText()),
                meter: try reader.takeMeter(), quantity: try reader.take())
        }
        return WriteCharges(milliseconds: milliseconds, charges: charges)
    }

    mutating func takeWriteUsage() throws(StorageError) -> WriteUsage {
        let (born, last): (UInt64, UInt64) = (try take(), try take())
        let cells = try takeList(bytesMin: 52) {
            (reader) throws(StorageError) -> (WriteUsage.Key, UInt64) in
            let key = WriteUsage.Key(
                database: DatabaseID(try reader.takeID()),
                collection: CollectionID(try reader.takeID()),
                credential: UsageCredential(try reader.takeText()),
                meter: try reader.takeMeter(), minute: UsageMinute(try reader.take()))
            return (key, try reader.take())
        }
        let resized = try takeList(bytesMin: 40) {
            (reader) throws(StorageError) -> (CollectionID, WriteUsage.Resized) in
            let collection = CollectionID(try reader.takeID())
            let database = DatabaseID(try reader.takeID())
            return (collection, .init(database: database, position: try reader.take()))
        }
        return WriteUsage(
            bornMilliseconds: born, lastMilliseconds: last,
            cells: Dictionary(cells) { max($0, $1) },
            resized: Dictionary(resized) { $1 })
    }

    private mutating func takeMeter() throws(StorageError) -> Meter {
        let name = try takeText()
        guard let meter = Meter(rawValue: name) else {
            throw .malformed("meter \(name) is unknown; a newer version wrote it")
        }
        return meter
    }
}

extension WriteUsage.Key {
    fileprivate var sortKey: (UniqueID, UniqueID, UInt32, UsageCredential, String) {
        (database.uuid, collection.uuid, minute.value, credential, meter.rawValue)
    }
}
