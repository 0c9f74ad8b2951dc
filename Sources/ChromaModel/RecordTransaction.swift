/// One change to the records of a collection.
package enum RecordChange: Sendable {
    /// An add, update or upsert.
    case write(WriteOperation, RecordBatch)
    case delete([RecordID])

    /// The records it touches, whether or not it has an effect on them.
    package var ids: [RecordID] {
        switch self {
        case .write(_, let batch): batch.ids
        case .delete(let ids): ids
        }
    }

    /// Elements of its embeddings; nil when it has none.
    package var dimension: Int? {
        guard case .write(_, let batch) = self, let embeddings = batch.embeddings,
            !embeddings.values.isEmpty
        else { return nil }
        return embeddings.dimension
    }
}

/// Changes that are made together or not at all (protocol §1.9).
package struct RecordTransaction: Sendable {
    /// What the reads saw, as they said; nil to commit whatever was written meanwhile.
    package let readToken: UInt64?
    /// Records that the changes depend on, beside those that they touch.
    package let readIDs: [RecordID]
    /// In the order in which they are applied.
    package let changes: [RecordChange]

    package init(readToken: UInt64?, readIDs: [RecordID], changes: [RecordChange]) {
        self.readToken = readToken
        self.readIDs = readIDs
        self.changes = changes
    }

    package var recordCount: Int { changes.reduce(0) { $0 + $1.ids.count } }
}
