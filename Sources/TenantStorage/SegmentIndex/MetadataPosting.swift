import ChromaModel

/// One value of one row's metadata, on its way into an index.
struct MetadataPosting {
    let high: UInt64
    /// The rest of a text's digest; 0 for other types.
    let low: UInt64
    let row: UInt32

    static func isBefore(_ left: MetadataPosting, _ right: MetadataPosting) -> Bool {
        (left.high, left.low, left.row) < (right.high, right.low, right.row)
    }

    func hasSameValue(as other: MetadataPosting) -> Bool {
        high == other.high && low == other.low
    }
}

extension MetadataValue {
    /// The type of field this is indexed in; nil for what no filter reads.
    var indexedType: IndexedType? {
        switch self {
        case .bool: .bool
        case .int: .int
        case .float: .float
        case .string: .string
        case .bools: .bools
        case .ints: .ints
        case .floats: .floats
        case .strings: .strings
        case .sparse: nil
        }
    }

    /// Calls `body` with the words of each value to be indexed.
    func forEachIndexed(_ body: (_ high: UInt64, _ low: UInt64) -> Void) {
        switch self {
        case .bool(let bool): body(IndexedWord.word(bool), 0)
        case .int(let int): body(IndexedWord.word(int), 0)
        case .float(let float): Self.put(float, body)
        case .string(let text): Self.put(text, body)
        case .bools(let list): for bool in list { body(IndexedWord.word(bool), 0) }
        case .ints(let list): for int in list { body(IndexedWord.word(int), 0) }
        case .floats(let list): for float in list { Self.put(float, body) }
        case .strings(let list): for text in list { Self.put(text, body) }
        case .sparse: break
        }
    }

    private static func put(_ float: Double, _ body: (UInt64, UInt64) -> Void) {
        if !float.isNaN { body(IndexedWord.word(float), 0) }
    }

    private static func put(_ text: String, _ body: (UInt64, UInt64) -> Void) {
        let digest = TextDigest(text)
        body(digest.high, digest.low)
    }
}
