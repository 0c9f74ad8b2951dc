import ChromaModel

/// Writes a schema as upstream's 1.5.9 server does, with no member its clients don't know
/// (protocol §5.2).
extension JSONWriter {
    mutating func schema(_ schema: Schema) {
        raw("{\"defaults\":")
        valueTypes(schema.defaults)
        raw(",\"keys\":")
        var members = MemberList()
        raw("{")
        for (key, types) in schema.keys.sorted(by: { $0.key < $1.key }) {
            if !members.isFirst() { comma() }
            string(key.value)
            raw(":")
            valueTypes(types)
        }
        raw("}")
        if let encryptionKey = schema.encryptionKey {
            raw(",\"cmek\":{\"gcp\":")
            string(encryptionKey)
            raw("}")
        }
        raw("}")
    }

    private mutating func valueTypes(_ types: ValueTypes) {
        var members = MemberList()
        raw("{")
        if let string = types.string {
            member("string", &members)
            stringIndexes(string)
        }
        if let floatList = types.floatList {
            member("float_list", &members)
            vectorIndexes(floatList)
        }
        if let sparse = types.sparseVector {
            member("sparse_vector", &members)
            sparseIndexes(sparse)
        }
        inverted(types.int, "int", "int_inverted_index", &members)
        inverted(types.float, "float", "float_inverted_index", &members)
        inverted(types.bool, "bool", "bool_inverted_index", &members)
        raw("}")
    }

    private mutating func stringIndexes(_ indexes: StringIndexes) {
        var members = MemberList()
        raw("{")
        plainIndex(indexes.isFullTextEnabled, "fts_index", &members)
        plainIndex(indexes.isInvertedEnabled, "string_inverted_index", &members)
        raw("}")
    }

    private mutating func inverted(
        _ index: InvertedIndex?, _ type: StaticString, _ name: StaticString,
        _ members: inout MemberList
    ) {
        guard let index else { return }
        member(type, &members)
        var inner = MemberList()
        raw("{")
        plainIndex(index.isEnabled, name, &inner)
        raw("}")
    }

    private mutating func plainIndex(
        _ isEnabled: Bool?, _ name: StaticString, _ members: inout MemberList
    ) {
        guard let isEnabled else { return }
        member(name, &members)
        raw("{\"enabled\":")
        bool(isEnabled)
        raw(",\"config\":{}}")
    }

    private mutating func vectorIndexes(_ indexes: VectorIndexes) {
        guard let vector = indexes.vector else { return raw("{}") }
        raw("{\"vector_index\":{\"enabled\":")
        bool(vector.isEnabled)
        raw(",\"config\":{")
        var members = MemberList()
        if let space = vector.space {
            member("space", &members)
            string(space.rawValue)
        }
        embeddingFunction(vector.embeddingFunction, &members)
        if let source = vector.sourceKey {
            member("source_key", &members)
            string(source)
        }
        parameters(vector.hnsw, "hnsw", &members)
        parameters(vector.spann, "spann", &members)
        raw("}}}")
    }

    private mutating func sparseIndexes(_ indexes: SparseIndexes) {
        guard let sparse = indexes.sparse else { return raw("{}") }
        raw("{\"sparse_vector_index\":{\"enabled\":")
        bool(sparse.isEnabled)
        raw(",\"config\":{")
        var members = MemberList()
        embeddingFunction(sparse.embeddingFunction, &members)
        if let source = sparse.sourceKey {
            member("source_key", &members)
            string(source)
        }
        if let isBM25 = sparse.isBM25 {
            member("bm25", &members)
            bool(isBM25)
        }
        raw("}}}")
    }

    private mutating func embeddingFunction(
        _ function: EmbeddingFunctionDescriptor?, _ members: inout MemberList
    ) {
        guard let function else { return }
        member("embedding_function", &members)
        embeddingFunction(function)
    }

    private mutating func parameters<Parameter: IndexParameter>(
        _ values: IndexParameters<Parameter>?, _ name: StaticString,
        _ members: inout MemberList
    ) {
        guard let values else { return }
        member(name, &members)
        parameters(values, of: Array(Parameter.allCases))
    }
}
