import ChromaModel
import Foundation
import GRDB

/// What the catalog says of one collection.
package struct CatalogRow: Sendable {
    package let state: CollectionState
    package init(_ state: CollectionState) { self.state = state }
}

/// A change to the catalog that follows from log entries.
package enum CatalogChange: Sendable {
    case put(CatalogRow)
    case remove(CollectionID)
}

/// A tenant's catalog: its collections and how far the log is folded into them, in SQLite.
///
/// **Invariant:** it is derived. It is written after the log is durable and only from the log,
/// so it may lag and can be thrown away; it may never be ahead of the log. Being behind costs a
/// replay, so `synchronous=NORMAL` is enough: WAL mode keeps it consistent through power loss.
package final class Catalog: Sendable {
    private let queue: DatabaseQueue

    /// Opens or makes the catalog file.
    ///
    /// - Throws: SQLite's error when the file is damaged; the caller removes and rebuilds it.
    package init(path: String, tenant: TenantID) throws {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.label = "tessera.catalog"
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA trusted_schema = OFF")
        }
        queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.write { database in
            try database.execute(sql: Self.schema)
            try database.execute(
                sql: """
                    INSERT INTO catalog (id, tenant, format, applied_position)
                    VALUES (1, ?, 1, 0) ON CONFLICT DO NOTHING
                    """, arguments: [tenant.description])
        }
    }

    /// Position of the last log entry whose effect on collections is in here.
    package func appliedPosition() throws -> LogPosition {
        try queue.read { database in
            let value = try Int64.fetchOne(
                database, sql: "SELECT applied_position FROM catalog WHERE id = 1")
            return LogPosition(UInt64(bitPattern: value ?? 0))
        }
    }

    /// Applies changes and moves the position, in one transaction.
    package func apply(_ changes: [CatalogChange], upTo position: LogPosition) throws {
        try queue.write { database in
            for change in changes { try Self.apply(change, to: database) }
            try database.execute(
                sql: "UPDATE catalog SET applied_position = ? WHERE id = 1",
                arguments: [Int64(bitPattern: position.value)])
        }
    }

    /// Throws everything away and writes these collections instead.
    package func rebuild(_ rows: [CatalogRow], upTo position: LogPosition) throws {
        try queue.write { database in try database.execute(sql: "DELETE FROM collection") }
        try apply(rows.map(CatalogChange.put), upTo: position)
    }

    /// Moves SQLite's own log into the file and cuts it: it may be as large as the catalog. What
    /// can't be cut now goes on as it is. Blocking.
    package func cutLog() {
        try? queue.writeWithoutTransaction { database in _ = try database.checkpoint(.truncate) }
    }

    package func close() throws { try queue.close() }

    private static func apply(_ change: CatalogChange, to database: Database) throws {
        switch change {
        case .remove(let id):
            try database.execute(
                sql: "DELETE FROM collection WHERE id = ?", arguments: [id.description])
        case .put(let row):
            let state = row.state
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO collection (id, database, name, metadata, space,
                        configuration, schema, dimension, created_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    state.id.description, state.database.description, state.name.value,
                    state.metadata.map(Self.bytes), state.settings.space.rawValue,
                    state.settings.configurationJSON,
                    state.settings.schemaJSON, state.dimension,
                    Int64(bitPattern: state.createdAt),
                ])
        }
    }

    /// Metadata as the log writes it.
    private static func bytes(_ metadata: Metadata) -> Data {
        var writer = ByteWriter()
        writer.put(metadata)
        return Data(writer.finish())
    }

    private static let schema = """
        CREATE TABLE IF NOT EXISTS catalog (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            tenant TEXT NOT NULL,
            format INTEGER NOT NULL,
            applied_position INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE IF NOT EXISTS collection (
            id TEXT PRIMARY KEY,
            database TEXT NOT NULL,
            name TEXT NOT NULL,
            metadata BLOB,
            space TEXT NOT NULL,
            configuration TEXT NOT NULL,
            schema TEXT NOT NULL,
            dimension INTEGER,
            created_at INTEGER NOT NULL,
            UNIQUE (database, name)
        ) STRICT, WITHOUT ROWID;
        """
}
