import Access
import ChromaModel
import ChromaWire
import Synchronization
import TenantEngine

/// Refuses filters on what a collection's schema does not index (protocol §4.2, last rows).
///
/// A schema is read once: nearly all collections share one of few texts.
final class IndexPolicyCache: Sendable {
    /// Distinct schemas kept; past it the cache starts anew.
    private static let schemasMax = 1024

    /// A schema's JSON; two spellings of a key are two schemas.
    private struct SchemaText: ByteText {
        let value: String
    }

    private let policies = Mutex<[SchemaText: SchemaIndexPolicy]>([:])

    /// Throws `invalidArgument` at a condition whose index is disabled, `notFound` when there is
    /// no such collection.
    func check(
        _ selection: RecordSelection, of collection: CollectionID, in scope: DatabaseScope,
        _ engines: any EngineClient
    ) async throws {
        guard let filter = selection.filter else { return }
        let settings = try await engines.collection(id: collection, in: scope).settings
        try policy(of: settings).check(filter)
    }

    private func policy(of settings: CollectionSettings) throws -> SchemaIndexPolicy {
        let text = SchemaText(value: settings.schemaJSON)
        if let known = policies.withLock({ $0[text] }) { return known }
        let policy = try settings.indexPolicy()
        policies.withLock { policies in
            if policies.count >= Self.schemasMax { policies.removeAll() }
            policies[text] = policy
        }
        return policy
    }
}
