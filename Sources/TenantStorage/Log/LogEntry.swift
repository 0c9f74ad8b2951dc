import ChromaModel
import Usage

/// A fact in a tenant's log.
///
/// What an entry means (an add ignores existing ids, an update missing ones) is decided by the
/// fold alone, so that replay always agrees with what was acknowledged.
package enum LogEntry: Sendable {
    case collectionCreated(
        id: CollectionID, database: DatabaseID, name: CollectionName, metadata: Metadata?,
        settings: CollectionSettings)
    case collectionModified(id: CollectionID, change: CollectionChange)
    case collectionDeleted(id: CollectionID)
    /// All collections of a database went with it.
    case databaseDropped(DatabaseID)
    /// A collection began with the records that another one had at this entry.
    case collectionForked(source: CollectionID, id: CollectionID, name: CollectionName)
    case recordsWritten(collection: CollectionID, operation: WriteOperation, batch: RecordBatch)
    case recordsDeleted(collection: CollectionID, ids: [RecordID])
    /// Several changes at once.
    case transactionCommitted(collection: CollectionID, changes: [RecordChange])
    /// What the entries before it in the same group commit cost.
    case charged(WriteCharges)
}
