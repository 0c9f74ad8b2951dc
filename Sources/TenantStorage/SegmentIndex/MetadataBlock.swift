import ChromaModel

/// The metadata of some rows by key, type and value, read in place.
///
/// ```
/// block = fields:u32 zero:u32 dataStart:u64 field* keys data          little-endian
/// field = keyStart:u32 keyBytes:u32 type:u32 values:u32 rows:u32 zero:u32 start:u64
/// data  = for each field: value words:u64*  starts:u32*  rows:u32*    from dataStart + start
/// ```
/// Fields rise by key, then type; values rise as `IndexedWord` sorts them. There is one start
/// more than values: the rows of value i are those from start i up to start i + 1, rising.
struct MetadataBlock: @unchecked Sendable {
    // Safe to share: the bytes are of a read-only map, which the segment file keeps.
    static let headBytes = 16
    static let entryBytes = 32

    private let fieldCount: Int
    private let directory: UnsafeRawBufferPointer
    private let keys: UnsafeRawBufferPointer
    private let data: UnsafeRawBufferPointer

    /// Nil when the bytes are no metadata block of rows in `rowRange`.
    init?(_ bytes: UnsafeRawBufferPointer, rowRange: Range<Int>) {
        guard bytes.count >= Self.headBytes else { return nil }
        fieldCount = Int(UInt32(littleEndian: bytes.load(as: UInt32.self)))
        let dataStart = UInt64(littleEndian: bytes.load(fromByteOffset: 8, as: UInt64.self))
        let keysStart = Self.headBytes + fieldCount * Self.entryBytes
        guard keysStart <= bytes.count, dataStart % 8 == 0, dataStart >= UInt64(keysStart),
            dataStart <= UInt64(bytes.count)
        else { return nil }
        directory = UnsafeRawBufferPointer(rebasing: bytes[Self.headBytes..<keysStart])
        keys = UnsafeRawBufferPointer(rebasing: bytes[keysStart..<Int(dataStart)])
        data = UnsafeRawBufferPointer(rebasing: bytes[Int(dataStart)...])
        for field in 0..<fieldCount {
            guard let found = postings(field), found.isSound(rowRange) else { return nil }
        }
    }

    /// The postings of a field; nil when no row of the block has the key with that type.
    func postings(_ key: MetadataKey, _ type: IndexedType) -> FieldPostings? {
        var low = 0
        var high = fieldCount
        while low < high {
            let middle = (low + high) / 2
            switch order(middle, key, type) {
            case .equal: return postings(middle)
            case .below: low = middle + 1
            case .above: high = middle
            }
        }
        return nil
    }

    /// How a field stands to a key and type.
    private func order(_ field: Int, _ key: MetadataKey, _ type: IndexedType) -> NumberOrder {
        let name = self.key(field)
        if name.lexicographicallyPrecedes(key.value.utf8) { return .below }
        if !name.elementsEqual(key.value.utf8) { return .above }
        let found = word(field, 8)
        return found == type.rawValue ? .equal : found < type.rawValue ? .below : .above
    }

    private func key(_ field: Int) -> UnsafeRawBufferPointer {
        let start = min(Int(word(field, 0)), keys.count)
        return UnsafeRawBufferPointer(rebasing: keys[start...].prefix(Int(word(field, 4))))
    }

    private func word(_ field: Int, _ offset: Int) -> UInt32 {
        UInt32(
            littleEndian: directory.load(
                fromByteOffset: field * Self.entryBytes + offset, as: UInt32.self))
    }

    /// The postings of a field by its place; nil when it runs over the block's end.
    private func postings(_ field: Int) -> FieldPostings? {
        let start = UInt64(
            littleEndian: directory.load(
                fromByteOffset: field * Self.entryBytes + 24, as: UInt64.self))
        let (keyStart, keyBytes) = (Int(word(field, 0)), Int(word(field, 4)))
        let (values, rows) = (Int(word(field, 12)), Int(word(field, 16)))
        guard let type = IndexedType(rawValue: word(field, 8)), keyStart + keyBytes <= keys.count,
            start % 8 == 0, start <= UInt64(data.count)
        else { return nil }
        let bytes = UnsafeRawBufferPointer(rebasing: data[Int(start)...])
        return FieldPostings(bytes, type, valueCount: values, rowCount: rows)
    }
}
