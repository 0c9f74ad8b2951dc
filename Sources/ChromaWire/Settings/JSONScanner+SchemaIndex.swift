import ChromaModel

/// Reads one index of a schema: `{"enabled": …, "config": {…}}` (protocol §5.2).
extension JSONScanner {
    private enum IndexMember: String, JSONMember { case enabled, config }

    private enum NoMember: JSONMember {
        static let allCases: [NoMember] = []
        var rawValue: String { "" }
        init?(rawValue: String) { nil }
    }

    private mutating func index<Config>(
        _ readConfig: (inout JSONScanner) throws(JSONFailure) -> Config
    ) throws(JSONFailure) -> (isEnabled: Bool, config: Config) {
        var isEnabled: Bool?
        var config: Config?
        try members(of: IndexMember.self, expected: "an index") {
            (member, scanner) throws(JSONFailure) in
            switch member {
            case .enabled: isEnabled = try scanner.bool()
            case .config: config = try readConfig(&scanner)
            }
        }
        return (try required(isEnabled, "enabled"), try required(config, "config"))
    }

    /// Reads an index that has nothing to configure. Returns whether it is enabled.
    mutating func plainIndex() throws(JSONFailure) -> Bool {
        let index = try index { (scanner) throws(JSONFailure) in
            try scanner.members(
                of: NoMember.self, expected: "an empty configuration", unknown: .reject
            ) { (_, _) throws(JSONFailure) in }
        }
        return index.isEnabled
    }

    // MARK: - Dense vectors

    private enum VectorMember: String, JSONMember {
        case space
        case embeddingFunction = "embedding_function"
        case sourceKey = "source_key"
        case hnsw, spann
    }

    private enum Quantization: String, CaseIterable {
        case none
        case fourBit = "four_bit_rabit_q_with_u_search"
    }

    mutating func vectorIndex() throws(JSONFailure) -> VectorIndex {
        let index = try index { (scanner) throws(JSONFailure) in try scanner.vectorConfig() }
        var vector = index.config
        vector.isEnabled = index.isEnabled
        return vector
    }

    private mutating func vectorConfig() throws(JSONFailure) -> VectorIndex {
        var vector = VectorIndex(isEnabled: false)
        try members(
            of: VectorMember.self, expected: "struct VectorIndexConfig", unknown: .reject
        ) { (member, scanner) throws(JSONFailure) in
            if try scanner.takeNull() { return }
            switch member {
            case .space: vector.space = try scanner.space()
            case .embeddingFunction: vector.embeddingFunction = try scanner.embeddingFunction()
            case .sourceKey: vector.sourceKey = try scanner.string()
            case .hnsw: vector.hnsw = try scanner.parameters(HNSWParameter.self)
            case .spann:
                vector.spann = try scanner.parameters(SPANNSchemaMember.self) {
                    (_, scanner) throws(JSONFailure) in
                    vector.isQuantized = try scanner.isQuantized()
                }
            }
        }
        return vector
    }

    private mutating func isQuantized() throws(JSONFailure) -> Bool {
        let word = try string()
        guard let quantization = Quantization(rawValue: word) else {
            throw unknownVariant(word, of: Quantization.self)
        }
        return quantization != .none
    }

    // MARK: - Sparse vectors

    private enum SparseMember: String, JSONMember {
        case bm25
        case embeddingFunction = "embedding_function"
        case sourceKey = "source_key"
    }

    mutating func sparseIndex() throws(JSONFailure) -> SparseIndex {
        var sparse = SparseIndex(isEnabled: false)
        let index = try index { (scanner) throws(JSONFailure) in
            try scanner.members(
                of: SparseMember.self, expected: "struct SparseVectorIndexConfig",
                unknown: .reject
            ) { (member, scanner) throws(JSONFailure) in
                if try scanner.takeNull() { return }
                switch member {
                case .bm25: sparse.isBM25 = try scanner.bool()
                case .embeddingFunction:
                    sparse.embeddingFunction = try scanner.embeddingFunction()
                case .sourceKey: sparse.sourceKey = try scanner.string()
                }
            }
        }
        sparse.isEnabled = index.isEnabled
        return sparse
    }
}
