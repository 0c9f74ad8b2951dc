import ChromaModel
import TenantStorage
import Usage

/// A log entry as text that shows every bit of it, made without the code under test.
enum EntryText {
    static func of(_ entry: LogEntry) -> String {
        switch entry {
        case .collectionCreated(let id, let database, let name, let metadata, let settings):
            "created \(id) \(database) \(of(name.value)) \(of(metadata)) \(of(settings))"
        case .collectionModified(let id, let change):
            "modified \(id) \(of(change.name?.value)) \(change.metadata.map(of) ?? "same")"
                + " \(change.settings.map(of) ?? "same")"
        case .collectionDeleted(let id): "deleted \(id)"
        case .databaseDropped(let id): "dropped \(id)"
        case .collectionForked(let source, let id, let name):
            "forked \(source) \(id) \(of(name.value))"
        case .recordsWritten(let collection, let operation, let batch):
            "written \(collection) \(operation) \(of(batch))"
        case .transactionCommitted(let collection, let changes):
            "committed \(collection) \(changes.map(of))"
        case .charged(let charges):
            "charged \(charges.milliseconds) \(charges.charges.map(of))"
        case .recordsDeleted(let collection, let ids):
            "removed \(collection) \(ids.map { of($0.value) })"
        }
    }

    private static func of(_ charge: WriteCharge) -> String {
        "\(charge.database) \(charge.collection) \(of(charge.credential.value))"
            + " \(charge.meter.rawValue) \(charge.quantity)"
    }

    private static func of(_ change: RecordChange) -> String {
        switch change {
        case .write(let operation, let batch): "\(operation) \(of(batch))"
        case .delete(let ids): "delete \(ids.map { of($0.value) })"
        }
    }

    private static func of(_ batch: RecordBatch) -> String {
        let rows = batch.embeddings.map { matrix in
            (0..<matrix.rowCount).map { row in
                matrix.withRow(row) { $0.map { "\($0.map(\.bitPattern))" } ?? "absent" }
            }
        }
        let metadatas = batch.metadatas.map { $0.map { $0.map(of) ?? "none" } }
        return "ids \(batch.ids.map { of($0.value) }) rows \(rows.map { "\($0)" } ?? "none")"
            + " documents \(batch.documents.map { "\($0.map(of))" } ?? "none")"
            + " uris \(batch.uris.map { "\($0.map(of))" } ?? "none")"
            + " metadatas \(metadatas.map { "\($0)" } ?? "none")"
    }

    private static func of(_ settings: CollectionSettings) -> String {
        "\(settings.space) \(of(settings.configurationJSON)) \(of(settings.schemaJSON))"
    }

    /// The bytes, since two spellings of one letter would print alike.
    private static func of(_ text: String?) -> String {
        text.map { "<" + $0.utf8.map { String($0, radix: 16) }.joined(separator: " ") + ">" }
            ?? "none"
    }

    private static func of(_ metadata: Metadata?) -> String {
        metadata.map { "\($0.entries.map { "\(of($0.key.value))=\(of($0.value))" })" } ?? "none"
    }

    private static func of(_ patch: MetadataPatch) -> String {
        "\(patch.changes.map { "\(of($0.key.value))=\($0.value.map(of) ?? "removed")" })"
    }

    private static func of(_ value: MetadataValue) -> String {
        switch value {
        case .bool(let bool): "bool \(bool)"
        case .int(let int): "int \(int)"
        case .float(let float): "float \(float.bitPattern)"
        case .string(let text): "string \(of(text))"
        case .bools(let list): "bools \(list)"
        case .ints(let list): "ints \(list)"
        case .floats(let list): "floats \(list.map(\.bitPattern))"
        case .strings(let list): "strings \(list.map(of))"
        case .sparse(let vector):
            "sparse \(vector.indices) \(vector.values.map(\.bitPattern))"
                + " \(vector.tokens.map { "\($0.map(of))" } ?? "none")"
        }
    }
}
