import ChromaModel
import Foundation
import GRDB

/// What a catalog says, read from a copy so that the file itself is not touched.
package struct CatalogExamination: Sendable {
    /// A collection as the catalog has it, every column as text.
    package struct Row: Sendable, Hashable {
        package let id: String
        package let database: String
        package let name: String
        package let space: String
        package let dimension: Int?
        package let createdAt: UInt64
    }

    package let tenant: String
    package let appliedPosition: LogPosition
    /// In order of creation.
    package let collections: [Row]

    /// Reads a catalog with its write-ahead log.
    ///
    /// - Throws: SQLite's error, or `StorageError.malformed`, when it is damaged; Foundation's
    ///   when it cannot be copied.
    package init(reading path: String) throws {
        let manager = FileManager.default
        let copy = manager.temporaryDirectory.appending(
            path: "tessera-catalog-\(UUID().uuidString)")
        try manager.createDirectory(
            at: copy, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        defer { try? manager.removeItem(at: copy) }
        let database = copy.appending(path: "catalog.sqlite").path
        for suffix in ["", "-wal"] where manager.fileExists(atPath: path + suffix) {
            try manager.copyItem(atPath: path + suffix, toPath: database + suffix)
        }
        let queue = try DatabaseQueue(path: database)
        self = try queue.read { try Self.init($0) }
        try queue.close()
    }

    private init(_ database: Database) throws {
        let verdict = try String.fetchAll(database, sql: "PRAGMA integrity_check")
        guard verdict == ["ok"] else {
            throw StorageError.malformed("SQLite says: \(verdict.first ?? "nothing")")
        }
        guard
            let head = try GRDB.Row.fetchOne(
                database, sql: "SELECT tenant, applied_position FROM catalog WHERE id = 1")
        else { throw StorageError.malformed("it has no head row") }
        tenant = head["tenant"]
        appliedPosition = LogPosition(UInt64(bitPattern: head["applied_position"]))
        collections = try GRDB.Row.fetchAll(
            database, sql: "SELECT * FROM collection ORDER BY created_at"
        ).map { row in
            Row(
                id: row["id"], database: row["database"], name: row["name"],
                space: row["space"], dimension: row["dimension"],
                createdAt: UInt64(bitPattern: row["created_at"]))
        }
    }
}

extension CatalogExamination.Row {
    /// The row that a collection's state leads to.
    package init(_ state: CollectionState) {
        id = state.id.description
        database = state.database.description
        name = state.name.value
        space = state.settings.space.rawValue
        dimension = state.dimension
        createdAt = state.createdAt
    }
}
