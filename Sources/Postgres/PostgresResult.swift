import CPostgres

/// A result of libpq, freed with the last row that refers to it.
///
/// `@unchecked Sendable`: libpq never changes a PGresult after it was handed out, and every
/// accessor used here only reads it.
final class PostgresResult: @unchecked Sendable {
    let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }
    deinit { PQclear(handle) }

    var rows: [Row] { (0..<PQntuples(handle)).map { Row(result: self, index: $0) } }

    /// What was done, such as `COMMIT` or `INSERT 0 1`.
    var commandTag: String { PQcmdStatus(handle).map { String(cString: $0) } ?? "" }

    /// nil when the statement succeeded.
    var error: PostgresError? {
        switch PQresultStatus(handle) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: nil
        default:
            PostgresError(
                sqlState: field("C") ?? "XX000", message: field("M") ?? "unknown error",
                detail: field("D"))
        }
    }

    /// A field of the error report, by the protocol's letter for it.
    private func field(_ letter: Unicode.Scalar) -> String? {
        PQresultErrorField(handle, Int32(letter.value)).map { String(cString: $0) }
    }
}
