import ChromaModel

/// Gathers the metadata of some rows and makes the bytes of a metadata block of them.
struct MetadataBlockBuilder {
    private struct FieldName: Hashable {
        let key: MetadataKey
        let type: IndexedType
    }

    private var fields: [FieldName: Int] = [:]
    private var postings: [[MetadataPosting]] = []
    /// Values gathered.
    private(set) var postingCount = 0

    mutating func add(_ metadata: Metadata, row: UInt32) {
        for entry in metadata.entries {
            guard let type = entry.value.indexedType else { continue }
            let field = field(FieldName(key: entry.key, type: type))
            let before = postings[field].count
            entry.value.forEachIndexed { high, low in
                postings[field].append(MetadataPosting(high: high, low: low, row: row))
            }
            postingCount += postings[field].count - before
        }
    }

    private mutating func field(_ name: FieldName) -> Int {
        if let field = fields[name] { return field }
        fields[name] = postings.count
        postings.append([])
        return postings.count - 1
    }

    /// The block of what was added.
    consuming func finish() -> [UInt8] {
        let names = fields.keys.sorted { left, right in
            left.key == right.key ? left.type.rawValue < right.type.rawValue : left.key < right.key
        }
        var directory = ByteWriter(capacity: names.count * MetadataBlock.entryBytes)
        var keys = ByteWriter()
        var data = ByteWriter(capacity: postingCount * 16)
        for name in names {
            var found = fields[name].map { postings[$0] } ?? []
            found.sort(by: MetadataPosting.isBefore)
            directory.put(UInt32(keys.bytes.count))
            directory.put(UInt32(name.key.value.utf8.count))
            directory.put(name.type.rawValue)
            keys.put(raw: Array(name.key.value.utf8))
            let start = UInt64(data.bytes.count)
            let (values, rows) = Self.put(found, name.type, into: &data)
            directory.put(values)
            directory.put(rows)
            directory.put(UInt32(0))
            directory.put(start)
        }
        var block = ByteWriter(capacity: data.bytes.count + keys.bytes.count + 64)
        let keysStart = MetadataBlock.headBytes + names.count * MetadataBlock.entryBytes
        block.put(UInt32(names.count))
        block.put(UInt32(0))
        block.put(UInt64((keysStart + keys.bytes.count + 7) / 8 * 8))
        block.put(raw: directory.finish())
        block.put(raw: keys.finish())
        block.pad(to: 8)
        block.put(raw: data.finish())
        return block.finish()
    }

    /// Values, where the rows of each begin, and the rows; returns how many values and rows.
    private static func put(
        _ postings: [MetadataPosting], _ type: IndexedType, into data: inout ByteWriter
    ) -> (values: UInt32, rows: UInt32) {
        var starts: [UInt32] = []
        var rows: [UInt32] = []
        var last: MetadataPosting?
        for posting in postings {
            let isNewValue = !(last?.hasSameValue(as: posting) ?? false)
            // An array may hold a value twice.
            if !isNewValue, last?.row == posting.row { continue }
            if isNewValue {
                starts.append(UInt32(rows.count))
                data.put(posting.high)
                if type.valueWords == 2 { data.put(posting.low) }
            }
            rows.append(posting.row)
            last = posting
        }
        starts.append(UInt32(rows.count))
        for start in starts { data.put(start) }
        for row in rows { data.put(row) }
        data.pad(to: 8)
        return (UInt32(starts.count - 1), UInt32(rows.count))
    }
}

extension ByteWriter {
    /// Appends zeros up to a multiple of `alignment`.
    mutating func pad(to alignment: Int) {
        while bytes.count % alignment != 0 { put(UInt8(0)) }
    }
}
