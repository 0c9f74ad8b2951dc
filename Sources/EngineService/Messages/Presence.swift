import ChromaModel
import FoundationEssentials

/// Which records have a value in a column: a byte for each, 1 where there is one, and no byte at
/// all when every record has one.
enum Presence {
    static func bytes<Value>(of column: [Value?]) -> Data {
        guard column.contains(where: { $0 == nil }) else { return Data() }
        return Data(column.map { $0 == nil ? 0 : 1 })
    }

    /// The column that `values` was made of.
    ///
    /// Throws `internalError` unless it has `count` entries and every value a place.
    static func column<Value>(
        of values: [Value], _ present: Data, count: Int
    ) throws(ServiceError) -> [Value?] {
        guard !present.isEmpty else {
            guard values.count == count else { throw .unreadable("a column") }
            return values
        }
        guard present.count == count, present.count(where: { $0 != 0 }) == values.count else {
            throw .unreadable("a column")
        }
        var rest = values.makeIterator()
        return present.map { $0 == 0 ? nil : rest.next() }
    }
}
