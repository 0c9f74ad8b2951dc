import ChromaModel
import FoundationEssentials
import TesseraRPC

extension EngineCreateCollectionRequest {
    init(_ draft: CollectionDraft, getOrCreate: Bool) {
        self.init()
        name = draft.name.value
        if let metadata = draft.metadata { self.metadata = EngineMetadata(metadata) }
        settings = EngineSettings(draft.settings)
        self.getOrCreate = getOrCreate
    }

    /// Throws `internalError`.
    func draft() throws(ServiceError) -> CollectionDraft {
        CollectionDraft(
            name: CollectionName(name), metadata: hasMetadata ? try metadata.metadata() : nil,
            settings: try settings.settings())
    }
}

extension EngineModifyCollectionRequest {
    init(_ id: CollectionID, _ change: CollectionChange) {
        self.init()
        collectionID = Data(id)
        if let name = change.name { self.name = name.value }
        if let metadata = change.metadata {
            changesMetadata = true
            if let metadata { self.metadata = EngineMetadata(metadata) }
        }
        if let settings = change.settings { self.settings = EngineSettings(settings) }
        if let expected = change.expectedSettings {
            expectedSettings = EngineSettings(expected)
        }
    }

    /// Throws `internalError`.
    func change() throws(ServiceError) -> CollectionChange {
        var change = CollectionChange(
            name: hasName ? CollectionName(name) : nil,
            settings: hasSettings ? try settings.settings() : nil,
            expectedSettings: hasExpectedSettings ? try expectedSettings.settings() : nil)
        if changesMetadata { change.metadata = .some(hasMetadata ? try metadata.metadata() : nil) }
        return change
    }
}
