/// How far apart two embeddings are (protocol §3.4). Smaller is nearer.
package enum DistanceSpace: String, Sendable, CaseIterable {
    /// Squared Euclidean distance.
    case l2
    /// 1 − the cosine of the angle; 1 for a zero vector.
    case cosine
    /// 1 − the dot product.
    case ip
}

/// What a client asks for when it creates a collection, already validated and reconciled.
package struct CollectionDraft: Sendable {
    package var name: CollectionName
    package var metadata: Metadata?
    package var settings: CollectionSettings

    package init(name: CollectionName, metadata: Metadata?, settings: CollectionSettings) {
        self.name = name
        self.metadata = metadata
        self.settings = settings
    }
}

/// A change to a collection; nil members stay as they are (protocol §1.5.2, PUT).
package struct CollectionChange: Sendable {
    package var name: CollectionName?
    /// The whole new map, or `.some(nil)` to leave no metadata.
    package var metadata: Metadata??
    package var settings: CollectionSettings?
    /// The settings that `settings` was made from. When the collection has others by now the
    /// change is refused with `aborted`. It is no part of the change itself.
    package var expectedSettings: CollectionSettings?

    package init(
        name: CollectionName? = nil, metadata: Metadata?? = nil,
        settings: CollectionSettings? = nil, expectedSettings: CollectionSettings? = nil
    ) {
        self.name = name
        self.metadata = metadata
        self.settings = settings
        self.expectedSettings = expectedSettings
    }
}

/// A collection as everyone outside the engine sees it at one moment.
package struct CollectionState: Sendable {
    package let id: CollectionID
    package var database: DatabaseID
    package var name: CollectionName
    package var metadata: Metadata?
    package var settings: CollectionSettings
    /// Elements of every embedding; nil until the first write that carries one.
    package var dimension: Int?
    /// Position of the tenant's log up to which data is folded into segments.
    package var logPosition: UInt64
    /// Raised by every compaction, never by a write.
    package var version: UInt64
    /// Position of the log entry that created it: the order of lists.
    package let createdAt: UInt64
    /// The collection at the root of its tree of forks; itself if it was not forked.
    package let root: CollectionID
    /// Everything that was written to it so far.
    package var written: WriteHistory
    /// The part of `written` that is folded into segments.
    package var indexed: WriteHistory

    package init(
        id: CollectionID, database: DatabaseID, name: CollectionName, metadata: Metadata?,
        settings: CollectionSettings, dimension: Int?, logPosition: UInt64, version: UInt64,
        createdAt: UInt64, root: CollectionID? = nil, written: WriteHistory = WriteHistory(),
        indexed: WriteHistory = WriteHistory()
    ) {
        self.id = id
        self.database = database
        self.name = name
        self.metadata = metadata
        self.settings = settings
        self.dimension = dimension
        self.logPosition = logPosition
        self.version = version
        self.createdAt = createdAt
        self.root = root ?? id
        self.written = written
        self.indexed = indexed
    }

    /// A fork of the collection as it is now (protocol §1.7): everything is the same but what
    /// names it, and its own compactions are yet to come.
    package func forked(as id: CollectionID, named name: CollectionName, createdAt: UInt64)
        -> CollectionState
    {
        CollectionState(
            id: id, database: database, name: name, metadata: metadata, settings: settings,
            dimension: dimension, logPosition: logPosition, version: 0, createdAt: createdAt,
            root: root, written: written, indexed: indexed)
    }
}

/// What was written to a collection up to some moment.
package struct WriteHistory: Sendable, Hashable {
    /// Records written and ids deleted, each counted every time, with or without an effect.
    package private(set) var operations: UInt64
    package private(set) var keyTypes: KeyTypes

    package init(operations: UInt64 = 0, keyTypes: KeyTypes = KeyTypes()) {
        self.operations = operations
        self.keyTypes = keyTypes
    }

    package mutating func add(_ change: RecordChange) {
        operations += UInt64(change.ids.count)
        if case .write(_, let batch) = change, let metadatas = batch.metadatas {
            keyTypes.learn(metadatas)
        }
    }
}

/// What a collection was configured with, reconciled once when it was created (protocol §5).
///
/// The texts are kept as the JSON that clients get back; only `space` means something to the
/// engine.
package struct CollectionSettings: Sendable, Hashable {
    package var space: DistanceSpace
    /// The value of `configuration_json`, as JSON text.
    package var configurationJSON: String
    /// The value of `schema`, as JSON text.
    package var schemaJSON: String

    package init(space: DistanceSpace, configurationJSON: String, schemaJSON: String) {
        self.space = space
        self.configurationJSON = configurationJSON
        self.schemaJSON = schemaJSON
    }

    /// By the bytes of the texts: two spellings of one letter are two settings.
    package static func == (left: CollectionSettings, right: CollectionSettings) -> Bool {
        left.space == right.space && left.schemaJSON.isByteEqual(to: right.schemaJSON)
            && left.configurationJSON.isByteEqual(to: right.configurationJSON)
    }
}
