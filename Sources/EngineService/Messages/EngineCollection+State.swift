import ChromaModel
import FoundationEssentials
import SwiftProtobuf
import TesseraRPC

extension EngineCollection {
    init(_ state: CollectionState) {
        self.init()
        id = Data(state.id)
        databaseID = Data(state.database)
        name = state.name.value
        if let metadata = state.metadata { self.metadata = EngineMetadata(metadata) }
        settings = EngineSettings(state.settings)
        if let dimension = state.dimension { self.dimension = Int64(dimension) }
        logPosition = state.logPosition
        version = state.version
        createdAt = state.createdAt
        rootID = Data(state.root)
        written = EngineWriteHistory(state.written)
        indexed = EngineWriteHistory(state.indexed)
    }

    /// Throws `internalError`.
    func state() throws(ServiceError) -> CollectionState {
        CollectionState(
            id: try id.id(), database: try databaseID.id(), name: CollectionName(name),
            metadata: hasMetadata ? try metadata.metadata() : nil,
            settings: try settings.settings(), dimension: hasDimension ? Int(dimension) : nil,
            logPosition: logPosition, version: version, createdAt: createdAt,
            root: try rootID.id(), written: written.history, indexed: indexed.history)
    }
}

extension EngineSettings {
    init(_ settings: CollectionSettings) {
        self.init()
        space = settings.space.rawValue
        configurationJson = settings.configurationJSON
        schemaJson = settings.schemaJSON
    }

    /// Throws `internalError`.
    func settings() throws(ServiceError) -> CollectionSettings {
        guard let space = DistanceSpace(rawValue: space) else { throw .unreadable("a space") }
        return CollectionSettings(
            space: space, configurationJSON: configurationJson, schemaJSON: schemaJson)
    }
}

extension EngineWriteHistory {
    fileprivate init(_ history: WriteHistory) {
        self.init()
        operations = history.operations
        keys = history.keyTypes.types.map { key, types in
            .with {
                $0.key = key.value
                $0.types = UInt32(types.rawValue)
            }
        }
    }

    fileprivate var history: WriteHistory {
        var keyTypes = ChromaModel.KeyTypes()
        for each in keys {
            keyTypes.learn(
                MetadataKey(each.key),
                ValueTypeSet(rawValue: UInt8(truncatingIfNeeded: each.types)))
        }
        return WriteHistory(operations: operations, keyTypes: keyTypes)
    }
}
