import Testing

@testable import ChromaModel

@Suite("Schemas")
struct SchemaTests {
    private func refusal(_ change: (inout Schema) -> Void) -> String? {
        var schema = Schema(defaults: ValueTypes(), keys: [:])
        change(&schema)
        do {
            try schema.validate()
            return nil
        } catch {
            return error.message
        }
    }

    private func types(_ change: (inout ValueTypes) -> Void) -> ValueTypes {
        var types = ValueTypes()
        change(&types)
        return types
    }

    @Test("the standard schema says nothing, in either flavour")
    func standard() throws {
        for flavour in IndexFlavour.allCases {
            let schema = Schema.standard(flavour)
            #expect(schema.isDefault)
            #expect(try schema.completed(flavour) == schema)
            try schema.validate()
        }
        #expect(Schema(defaults: ValueTypes(), keys: [:]).isDefault)
    }

    @Test("a schema that says anything is not the default one")
    func notDefault() {
        var schema = Schema.standard(.hnsw)
        schema.keys[MetadataKey("a")] = ValueTypes()
        #expect(!schema.isDefault)
        schema = .standard(.hnsw)
        schema.encryptionKey = "x"
        #expect(!schema.isDefault)
        schema = .standard(.hnsw)
        schema.updateVectorIndexes { $0.embeddingFunction = .legacy }
        #expect(!schema.isDefault)
        schema = .standard(.hnsw)
        schema.updateVectorIndexes { $0.embeddingFunction = .unknown }
        #expect(schema.isDefault)
        schema = .standard(.hnsw)
        schema.defaults.int = InvertedIndex(isEnabled: false)
        #expect(!schema.isDefault)
    }

    @Test("the rules of indexes, each with its message")
    func rules() {
        let key = MetadataKey("a")
        let cases: [(String, (inout Schema) -> Void)] = [
            (
                "Vector index cannot be enabled by default. It can only be enabled on "
                    + "#embedding field.",
                { $0.defaults.floatList = VectorIndexes(vector: VectorIndex(isEnabled: true)) }
            ),
            (
                "Vector index can only be enabled on #embedding field: a",
                {
                    $0.keys[key] = types {
                        $0.floatList = VectorIndexes(vector: VectorIndex(isEnabled: true))
                    }
                }
            ),
            (
                "Both spann and hnsw config cannot be present at the same time.",
                {
                    $0.defaults.floatList = VectorIndexes(
                        vector: VectorIndex(isEnabled: false, hnsw: .defaults, spann: .defaults))
                }
            ),
            (
                "Vector index can only source from #document",
                {
                    $0.keys[Schema.embeddingKey] = types {
                        $0.floatList = VectorIndexes(
                            vector: VectorIndex(isEnabled: true, sourceKey: "x"))
                    }
                }
            ),
            (
                "Sparse vector index cannot be enabled by default. Please enable sparse vector "
                    + "index on specific keys.",
                { $0.defaults.sparseVector = SparseIndexes(sparse: SparseIndex(isEnabled: true)) }
            ),
            (
                "If source_key is provided then embedding_function must also be provided since "
                    + "there is no default embedding function.",
                {
                    $0.keys[key] = types {
                        $0.sparseVector = SparseIndexes(
                            sparse: SparseIndex(isEnabled: true, sourceKey: "x"))
                    }
                }
            ),
            (
                "source_key cannot begin with '#'. The only valid key starting with '#' is "
                    + "Key.DOCUMENT or '#document'.",
                {
                    $0.keys[key] = types {
                        $0.sparseVector = SparseIndexes(
                            sparse: SparseIndex(
                                isEnabled: true, embeddingFunction: .legacy, sourceKey: "#x"))
                    }
                }
            ),
            (
                "Full text search / regular expression index cannot be enabled by default. It "
                    + "can only be enabled on #document field.",
                { $0.defaults.string = StringIndexes(isFullTextEnabled: true) }
            ),
            (
                "Full text search / regular expression index can only be enabled on #document "
                    + "field: a",
                { $0.keys[key] = types { $0.string = StringIndexes(isFullTextEnabled: true) } }
            ),
            (
                "key cannot begin with '#'. Keys starting with '#' are reserved for system use: #b",
                { $0.keys[MetadataKey("#b")] = ValueTypes() }
            ),
            (
                "Document field cannot have any value types other than string: #document",
                { $0.keys[Schema.documentKey] = types { $0.int = InvertedIndex() } }
            ),
            (
                "Embedding field cannot have any value types other than float_list: #embedding",
                { $0.keys[Schema.embeddingKey] = types { $0.string = StringIndexes() } }
            ),
            (
                "String inverted index can not be enabled on #document key: #document",
                {
                    $0.keys[Schema.documentKey] = types {
                        $0.string = StringIndexes(isInvertedEnabled: true)
                    }
                }
            ),
        ]
        for (message, change) in cases { #expect(refusal(change) == message) }
    }

    @Test("an encryption key is a KMS resource name")
    func encryptionKey() {
        #expect(
            refusal { $0.encryptionKey = "projects/p/locations/l/keyRings/r/cryptoKeys/k" } == nil)
        for bad in ["", "x", "projects//locations/l/keyRings/r/cryptoKeys/k"] {
            #expect(refusal { $0.encryptionKey = bad } != nil)
        }
    }

    @Test("SPANN parameters out of range are refused where SPANN is shown, dropped elsewhere")
    func spannRanges() throws {
        var spann = IndexParameters<SPANNParameter>()
        spann[.searchProbes] = .count(129)
        var schema = Schema(defaults: ValueTypes(), keys: [:])
        schema.defaults.floatList = VectorIndexes(
            vector: VectorIndex(isEnabled: false, spann: spann))
        #expect(throws: ServiceError.self) { try schema.completed(.spann) }
        #expect(try schema.completed(.hnsw) == .standard(.hnsw))
    }
}
