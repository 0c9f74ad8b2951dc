import ChromaModel

/// Remembers whether an object has a member yet, for the commas.
struct MemberList {
    private var isEmpty = true

    /// Whether the member to be written is the first.
    mutating func isFirst() -> Bool {
        defer { isEmpty = false }
        return isEmpty
    }
}

/// Writes `configuration_json`, which a schema implies (protocol §5.1).
extension JSONWriter {
    private static let hnswShown: [HNSWParameter] = [
        .efConstruction, .efSearch, .maxNeighbors, .resizeFactor, .syncThreshold,
    ]

    private static let spannShown: [SPANNParameter] = [
        .searchProbes, .writeProbes, .efConstruction, .efSearch, .maxNeighbors,
        .reassignedNeighbors, .splitThreshold, .mergeThreshold,
    ]

    /// The configuration that `vector` amounts to: exactly one kind of index.
    mutating func configuration(_ vector: VectorIndex) {
        raw("{\"hnsw\":")
        if vector.spann == nil {
            parameters((vector.hnsw ?? .defaults), of: Self.hnswShown, space: vector.space ?? .l2)
        } else {
            null()
        }
        raw(",\"spann\":")
        nullable(vector.spann) { writer, spann in
            writer.parameters(spann, of: Self.spannShown, space: vector.space ?? .l2)
        }
        raw(",\"embedding_function\":")
        shownEmbeddingFunction(vector.embeddingFunction)
        raw("}")
    }

    /// An `unknown` function would make the Python client fail later: it gets null.
    private mutating func shownEmbeddingFunction(_ function: EmbeddingFunctionDescriptor?) {
        guard let function, function != .unknown else { return null() }
        embeddingFunction(function)
    }

    mutating func embeddingFunction(_ function: EmbeddingFunctionDescriptor) {
        switch function {
        case .legacy: raw("{\"type\":\"legacy\"}")
        case .unknown: raw("{\"type\":\"unknown\"}")
        case .known(let name, let configurationJSON):
            raw("{\"type\":\"known\",\"name\":")
            string(name)
            raw(",\"config\":")
            raw(configurationJSON)
            raw("}")
        }
    }

    /// An object of the parameters in `names` that have a value.
    mutating func parameters<Parameter: IndexParameter>(
        _ values: IndexParameters<Parameter>, of names: [Parameter],
        space: DistanceSpace? = nil
    ) {
        var members = MemberList()
        raw("{")
        if let space {
            member("space", &members)
            string(space.rawValue)
        }
        for name in names {
            guard let value = values[name] else { continue }
            if !members.isFirst() { comma() }
            string(name.rawValue)
            raw(":")
            switch value {
            case .count(let count): integer(count)
            case .real(let real): double(real)
            }
        }
        raw("}")
    }

    /// Starts a member: comma, name, colon.
    mutating func member(_ name: StaticString, _ members: inout MemberList) {
        if !members.isFirst() { comma() }
        raw("\"")
        raw(name)
        raw("\":")
    }
}
