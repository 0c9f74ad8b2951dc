import Access
import ChromaModel
import ChromaWire

/// Answers that show collections.
struct CollectionReplies: Sendable {
    private let schemas: GrownSchemas

    init(flavour: IndexFlavour) { schemas = GrownSchemas(flavour: flavour) }

    func one(_ state: CollectionState, in scope: DatabaseScope) throws -> Reply {
        let shown = try schemas.shown(state)
        return Reply(bytesExpected: shown.bytesExpected) {
            CollectionResponse.write(
                shown, tenant: scope.tenantName, database: scope.databaseName, into: &$0)
        }
    }

    func list(_ states: [CollectionState], in scope: DatabaseScope) throws -> Reply {
        let shown = try states.map(schemas.shown)
        return Reply(bytesExpected: shown.reduce(2) { $0 + $1.bytesExpected }) {
            CollectionResponse.write(
                list: shown, tenant: scope.tenantName, database: scope.databaseName, into: &$0)
        }
    }
}

extension CollectionState {
    /// Bytes of ids, names and member names around the texts.
    private static let frameBytes = 512

    /// About how many bytes of JSON the collection takes; most of it is the schema.
    fileprivate var bytesExpected: Int {
        Self.frameBytes + settings.schemaJSON.utf8.count + settings.configurationJSON.utf8.count
    }
}
