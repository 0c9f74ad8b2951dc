import Access
import ChromaModel
import TesseraRPC

extension DataCollection {
    /// A collection as a client of the scope sees it.
    init(_ state: CollectionState, in scope: DatabaseScope) {
        self.init()
        id = state.id.description
        name = state.name.value
        tenant = scope.tenantName.value
        database = scope.databaseName.value
        if let metadata = state.metadata { self.metadata = DataMetadata(metadata) }
        if let dimension = state.dimension { self.dimension = UInt32(dimension) }
        configurationJson = state.settings.configurationJSON
        schemaJson = state.settings.schemaJSON
        logPosition = state.logPosition
        version = state.version
    }
}
