/// How the records of a batch are applied (protocol §3).
package enum WriteOperation: UInt8, Sendable, CaseIterable {
    case add = 1
    case update = 2
    case upsert = 3
    case delete = 4
}

/// The records of one write, column by column, as the client sent them.
///
/// Every non-nil column has one entry an id; `validated()` in the parser made sure of it.
package struct RecordBatch: Sendable {
    package var ids: [RecordID]
    package var embeddings: EmbeddingMatrix?
    package var documents: [String?]?
    package var uris: [String?]?
    package var metadatas: [MetadataPatch?]?

    package init(
        ids: [RecordID], embeddings: EmbeddingMatrix? = nil, documents: [String?]? = nil,
        uris: [String?]? = nil, metadatas: [MetadataPatch?]? = nil
    ) {
        self.ids = ids
        self.embeddings = embeddings
        self.documents = documents
        self.uris = uris
        self.metadatas = metadatas
    }
}

/// What of a record a response shows.
package struct Include: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let documents = Include(rawValue: 1)
    package static let embeddings = Include(rawValue: 2)
    package static let metadatas = Include(rawValue: 4)
    package static let uris = Include(rawValue: 8)
    package static let distances = Include(rawValue: 16)
}

/// Which records a read or a delete means: all conditions are ANDed (protocol §3.2).
package struct RecordSelection: Sendable {
    /// Nil: any id. Empty: no record at all.
    package var ids: [RecordID]?
    package var filter: Where?

    package init(ids: [RecordID]? = nil, filter: Where? = nil) {
        self.ids = ids
        self.filter = filter
    }
}

/// A `get` (protocol §3.2): the selection in insertion order, then offset, then limit.
package struct GetRequest: Sendable {
    package var selection: RecordSelection
    package var offset: Int
    package var limit: Int?
    package var include: Include

    package init(
        selection: RecordSelection = RecordSelection(), offset: Int = 0, limit: Int? = nil,
        include: Include = [.documents, .metadatas]
    ) {
        self.selection = selection
        self.offset = offset
        self.limit = limit
        self.include = include
    }
}

/// A `query` (protocol §3.3): the nearest records for each row of `embeddings`.
package struct QueryRequest: Sendable {
    package var embeddings: EmbeddingMatrix
    package var selection: RecordSelection
    package var resultCount: Int
    package var include: Include

    package init(
        embeddings: EmbeddingMatrix, selection: RecordSelection = RecordSelection(),
        resultCount: Int = 10, include: Include = [.documents, .metadatas, .distances]
    ) {
        self.embeddings = embeddings
        self.selection = selection
        self.resultCount = resultCount
        self.include = include
    }
}

/// The values of one stored embedding, kept alive by whoever owns the bytes.
package struct EmbeddingView: @unchecked Sendable {
    // Safe to share: the owner's bytes never change after publication.
    private let owner: AnyObject
    private let start: UnsafePointer<Float>
    package let dimension: Int

    /// - Parameter owner: keeps the memory at `start` alive and unchanged.
    package init(owner: AnyObject, start: UnsafePointer<Float>, dimension: Int) {
        self.owner = owner
        self.start = start
        self.dimension = dimension
    }

    package func withValues<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) rethrows -> R {
        try withExtendedLifetime(owner) {
            try body(UnsafeBufferPointer(start: start, count: dimension))
        }
    }
}
