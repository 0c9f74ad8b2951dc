import ChromaModel

/// Reads a schema (protocol §5.2).
extension JSONScanner {
    private enum SchemaMember: String, JSONMember { case defaults, keys, cmek }

    private enum EncryptionMember: String, JSONMember { case gcp }

    mutating func schema() throws(JSONFailure) -> Schema {
        var defaults: ValueTypes?
        var keys: [MetadataKey: ValueTypes]?
        var encryptionKey: String?
        try members(
            of: SchemaMember.self, expected: "struct Schema",
            alias: Self.properName
        ) { (member, scanner) throws(JSONFailure) in
            switch member {
            case .defaults: defaults = try scanner.valueTypes()
            case .keys: keys = try scanner.schemaKeys()
            case .cmek: encryptionKey = try scanner.encryptionKey()
            }
        }
        return Schema(
            defaults: try required(defaults, "defaults"), keys: try required(keys, "keys"),
            encryptionKey: encryptionKey)
    }

    private static func properName(_ name: String) -> String {
        name == "key_overrides" ? "keys" : name
    }

    private mutating func schemaKeys() throws(JSONFailure) -> [MetadataKey: ValueTypes] {
        var keys: [MetadataKey: ValueTypes] = [:]
        try object(expected: "a map") { (key, scanner) throws(JSONFailure) in
            keys[MetadataKey(key)] = try scanner.valueTypes()
        }
        return keys
    }

    private mutating func encryptionKey() throws(JSONFailure) -> String? {
        if try takeNull() { return nil }
        var name: String?
        try members(of: EncryptionMember.self, expected: "enum Cmek", unknown: .reject) {
            (_, scanner) throws(JSONFailure) in name = try scanner.string()
        }
        return try required(name, "gcp")
    }

    // MARK: - Value types

    private enum TypeMember: String, JSONMember {
        case string, int, float, bool
        case floatList = "float_list"
        case sparseVector = "sparse_vector"
    }

    private enum StringIndexMember: String, JSONMember {
        case fullText = "fts_index"
        case inverted = "string_inverted_index"
    }

    private enum IntIndexMember: String, JSONMember { case inverted = "int_inverted_index" }

    private enum FloatIndexMember: String, JSONMember { case inverted = "float_inverted_index" }

    private enum BoolIndexMember: String, JSONMember { case inverted = "bool_inverted_index" }

    private enum VectorIndexMember: String, JSONMember { case vector = "vector_index" }

    private enum SparseIndexMember: String, JSONMember { case sparse = "sparse_vector_index" }

    private mutating func valueTypes() throws(JSONFailure) -> ValueTypes {
        var types = ValueTypes()
        try members(
            of: TypeMember.self, expected: "struct ValueTypes", alias: Self.withoutSign("#")
        ) { (member, scanner) throws(JSONFailure) in
            if try scanner.takeNull() { return }
            switch member {
            case .string: types.string = try scanner.stringIndexes()
            case .int: types.int = try scanner.invertedIndex(IntIndexMember.self)
            case .float: types.float = try scanner.invertedIndex(FloatIndexMember.self)
            case .bool: types.bool = try scanner.invertedIndex(BoolIndexMember.self)
            case .floatList: types.floatList = try scanner.vectorIndexes()
            case .sparseVector: types.sparseVector = try scanner.sparseIndexes()
            }
        }
        return types
    }

    private mutating func stringIndexes() throws(JSONFailure) -> StringIndexes {
        var result = StringIndexes()
        try indexes(StringIndexMember.self) { (member, scanner) throws(JSONFailure) in
            switch member {
            case .fullText: result.isFullTextEnabled = try scanner.plainIndex()
            case .inverted: result.isInvertedEnabled = try scanner.plainIndex()
            }
        }
        return result
    }

    private mutating func invertedIndex<Member: JSONMember>(
        _: Member.Type
    ) throws(JSONFailure) -> InvertedIndex {
        var result = InvertedIndex()
        try indexes(Member.self) { (_, scanner) throws(JSONFailure) in
            result.isEnabled = try scanner.plainIndex()
        }
        return result
    }

    private mutating func vectorIndexes() throws(JSONFailure) -> VectorIndexes {
        var result = VectorIndexes()
        try indexes(VectorIndexMember.self) { (_, scanner) throws(JSONFailure) in
            result.vector = try scanner.vectorIndex()
        }
        return result
    }

    private mutating func sparseIndexes() throws(JSONFailure) -> SparseIndexes {
        var result = SparseIndexes()
        try indexes(SparseIndexMember.self) { (_, scanner) throws(JSONFailure) in
            result.sparse = try scanner.sparseIndex()
        }
        return result
    }

    /// Reads the indexes of one type; those that are null are left out.
    private mutating func indexes<Member: JSONMember>(
        _: Member.Type, _ body: (Member, inout JSONScanner) throws(JSONFailure) -> Void
    ) throws(JSONFailure) {
        try members(
            of: Member.self, expected: "indexes of a type", alias: Self.withoutSign("$")
        ) { (member, scanner) throws(JSONFailure) in
            if try scanner.takeNull() { return }
            try body(member, &scanner)
        }
    }

    /// Names may be written with a sign before them.
    private static func withoutSign(_ sign: Character) -> (String) -> String {
        { name in name.first == sign ? String(name.dropFirst()) : name }
    }
}
