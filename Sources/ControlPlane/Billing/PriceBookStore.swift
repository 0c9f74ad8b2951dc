import Billing
import ChromaModel
import Crypto
import Postgres

/// Table `usage.price_book`. Rows are only ever added.
enum PriceBookStore {
    /// The newest first.
    static func list(in session: some PostgresSession) async throws -> [PriceBookRecord] {
        try await session.query(
            """
            SELECT version, document, created_by, create_time FROM usage.price_book
            ORDER BY number DESC
            """
        ).map(record)
    }

    /// Throws a unique violation when there is one of that version.
    static func insert(_ record: PriceBookRecord, in session: some PostgresSession) async throws {
        let document = try record.book.canonicalJSON
        try await session.query("LOCK TABLE usage.price_book IN SHARE ROW EXCLUSIVE MODE")
        try await session.query(
            """
            INSERT INTO usage.price_book (version, number, document, sha256, created_by,
                create_time)
            SELECT \(record.version), coalesce(max(number), 0) + 1, \(document),
                \(Array(SHA256.hash(data: document))), \(record.createdBy),
                \(.timestamp(record.createdAtMilliseconds))
            FROM usage.price_book
            """)
    }

    private static func record(_ row: Row) throws -> PriceBookRecord {
        PriceBookRecord(
            version: try row.text("version"), book: try PriceBook(json: row.bytes("document")),
            createdBy: try row.text("created_by"),
            createdAtMilliseconds: try row.milliseconds("create_time"))
    }
}
