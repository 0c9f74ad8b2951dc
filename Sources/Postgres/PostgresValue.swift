import ChromaModel

/// A bound parameter: its type, and its bytes in PostgreSQL's binary format.
///
/// Binary with an explicit type, so that no text is quoted, parsed or cut at a zero byte.
package enum PostgresValue: Sendable, Equatable {
    case null
    case text(String)
    case texts([String])
    case integer(Int64)
    case bool(Bool)
    case bytes([UInt8])
    case uuid(UniqueID)
    /// A `timestamptz` in Unix milliseconds.
    case timestamp(milliseconds: UInt64)

    /// A timestamp, or null for nil.
    package static func timestamp(_ milliseconds: UInt64?) -> PostgresValue {
        milliseconds.map { .timestamp(milliseconds: $0) } ?? .null
    }

    /// An array of text, or null for nil.
    package static func texts(orNull texts: [String]?) -> PostgresValue {
        texts.map { .texts($0) } ?? .null
    }

    var type: PostgresType {
        switch self {
        case .null: .unspecified
        case .text: .text
        case .texts: .textArray
        case .integer: .int8
        case .bool: .bool
        case .bytes: .bytea
        case .uuid: .uuid
        case .timestamp: .timestamptz
        }
    }

    /// The bytes on the wire; nil for null.
    var encoded: [UInt8]? {
        switch self {
        case .null: nil
        case .text(let text): Array(text.utf8)
        case .texts(let texts): TextArray.encode(texts)
        case .integer(let number): Self.bigEndian(number)
        case .bool(let flag): [flag ? 1 : 0]
        case .bytes(let bytes): bytes
        case .uuid(let id): Self.bigEndian(id.high) + Self.bigEndian(id.low)
        case .timestamp(let milliseconds):
            Self.bigEndian(PostgresTimestamp.microseconds(fromUnixMilliseconds: milliseconds))
        }
    }

    private static func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }
}

/// The object ids of the types that are sent and read (pg_type.dat).
struct PostgresType: Equatable, Sendable {
    let oid: UInt32

    static let unspecified = PostgresType(oid: 0)
    static let bool = PostgresType(oid: 16)
    static let bytea = PostgresType(oid: 17)
    static let name = PostgresType(oid: 19)
    static let int8 = PostgresType(oid: 20)
    static let int2 = PostgresType(oid: 21)
    static let int4 = PostgresType(oid: 23)
    static let text = PostgresType(oid: 25)
    static let textArray = PostgresType(oid: 1009)
    static let varchar = PostgresType(oid: 1043)
    static let timestamptz = PostgresType(oid: 1184)
    static let uuid = PostgresType(oid: 2950)
}

/// PostgreSQL counts microseconds from the year 2000.
enum PostgresTimestamp {
    private static let epochUnixMilliseconds: Int64 = 946_684_800_000
    /// Beyond this a millisecond count does not fit PostgreSQL's range (the year 294276).
    private static let unixMillisecondsMax: UInt64 = 9_000_000_000_000_000

    static func microseconds(fromUnixMilliseconds milliseconds: UInt64) -> Int64 {
        (Int64(min(milliseconds, unixMillisecondsMax)) - epochUnixMilliseconds) * 1000
    }

    /// Times before 1970 read as 0.
    static func unixMilliseconds(fromMicroseconds microseconds: Int64) -> UInt64 {
        UInt64(max(0, microseconds / 1000 + epochUnixMilliseconds))
    }
}
