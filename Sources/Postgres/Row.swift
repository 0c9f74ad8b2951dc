import CPostgres
import ChromaModel

/// One row of a result. Columns are read by name and must have the type that is asked for:
/// every accessor throws `RowError` otherwise, and the ones without `optional` also for null.
package struct Row: Sendable {
    let result: PostgresResult
    let index: Int32

    package func text(_ column: String) throws -> String {
        try required(column, optionalText(column))
    }

    package func optionalText(_ column: String) throws -> String? {
        try value(column, [.text, .varchar, .name]) { String(decoding: $0, as: UTF8.self) }
    }

    package func int64(_ column: String) throws -> Int64 {
        try required(column, optionalInt64(column))
    }

    package func optionalInt64(_ column: String) throws -> Int64? {
        try value(column, [.int8, .int4, .int2]) { bytes in
            switch bytes.count {
            case 2: Int64(Int16(bitPattern: UInt16(Self.bigEndian(bytes))))
            case 4: Int64(Int32(bitPattern: UInt32(Self.bigEndian(bytes))))
            default: Int64(bitPattern: Self.bigEndian(bytes))
            }
        }
    }

    package func bool(_ column: String) throws -> Bool {
        try required(column, value(column, [.bool]) { $0.first == 1 })
    }

    package func bytes(_ column: String) throws -> [UInt8] {
        try required(column, optionalBytes(column))
    }

    package func optionalBytes(_ column: String) throws -> [UInt8]? {
        try value(column, [.bytea]) { Array($0) }
    }

    package func uuid(_ column: String) throws -> UniqueID {
        try required(column, optionalUUID(column))
    }

    package func optionalUUID(_ column: String) throws -> UniqueID? {
        try value(column, [.uuid]) { bytes in
            UniqueID(high: Self.bigEndian(bytes.prefix(8)), low: Self.bigEndian(bytes.dropFirst(8)))
        }
    }

    /// Unix time in milliseconds.
    package func milliseconds(_ column: String) throws -> UInt64 {
        try required(column, optionalMilliseconds(column))
    }

    package func optionalMilliseconds(_ column: String) throws -> UInt64? {
        try value(column, [.timestamptz]) { bytes in
            PostgresTimestamp.unixMilliseconds(
                fromMicroseconds: Int64(bitPattern: Self.bigEndian(bytes)))
        }
    }

    /// The elements of a `text[]`; a null element throws.
    package func texts(_ column: String) throws -> [String] {
        try required(column, optionalTexts(column))
    }

    /// The same of a column that may be null.
    package func optionalTexts(_ column: String) throws -> [String]? {
        guard let bytes = try value(column, [.textArray], { Array($0) }) else { return nil }
        guard let texts = TextArray.decode(bytes) else {
            throw RowError(column: column, problem: "is not a flat array of text")
        }
        return texts
    }
}

/// A row is not what the code takes it for: the schema and the code disagree.
package struct RowError: Error, Sendable, CustomStringConvertible {
    package let column: String
    package let problem: String

    package init(column: String, problem: String) {
        self.column = column
        self.problem = problem
    }

    package var description: String { "Column \(column) \(problem)." }
}

extension Row {
    private func required<Value>(_ column: String, _ value: Value?) throws -> Value {
        guard let value else { throw RowError(column: column, problem: "is null") }
        return value
    }

    /// The bytes of a column, decoded; nil for null.
    private func value<Value>(
        _ column: String, _ types: [PostgresType],
        _ decode: (UnsafeRawBufferPointer) throws -> Value
    ) throws -> Value? {
        let number = PQfnumber(result.handle, column)
        guard number >= 0 else { throw RowError(column: column, problem: "is not in the result") }
        let type = PostgresType(oid: PQftype(result.handle, number))
        guard types.contains(type) else {
            throw RowError(column: column, problem: "has type \(type.oid)")
        }
        guard PQgetisnull(result.handle, index, number) == 0 else { return nil }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(result.handle, index, number),
            count: Int(PQgetlength(result.handle, index, number)))
        return try decode(bytes)
    }

    private static func bigEndian(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
