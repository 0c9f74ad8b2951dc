import ChromaModel
import ChromaWire
import Testing

@testable import Frontend

@Suite("Schemas that grow with the records")
struct GrownSchemasTests {
    @Test("collections of one id in two databases keep their keys to themselves")
    func oneIDTwice() throws {
        let schemas = GrownSchemas(flavour: .hnsw)
        let id = CollectionID(UniqueID(high: 7, low: 7))
        let mine = try schemas.shown(Self.state(id, in: 1, key: "mine")).settings.schemaJSON
        let other = try schemas.shown(Self.state(id, in: 2, key: "other")).settings.schemaJSON
        #expect(mine.contains("mine") && !mine.contains("other"))
        #expect(other.contains("other") && !other.contains("mine"))
    }

    private static func state(
        _ id: CollectionID, in database: UInt64, key: String
    ) throws -> CollectionState {
        let body = Array(#"{"name":"restored"}"#.utf8)
        let settings = try body.withUnsafeBytes { try CreateCollectionBody.parse($0).draft() }
            .settings
        var state = CollectionState(
            id: id, database: DatabaseID(UniqueID(high: 0, low: database)),
            name: CollectionName("restored"), metadata: nil,
            settings: settings, dimension: nil,
            logPosition: 0, version: 0, createdAt: 1)
        var keyTypes = KeyTypes()
        keyTypes.learn(MetadataKey(key), .int)
        state.written = WriteHistory(operations: 1, keyTypes: keyTypes)
        return state
    }
}
