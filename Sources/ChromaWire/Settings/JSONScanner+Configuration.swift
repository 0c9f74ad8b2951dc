import ChromaModel

/// Reads `configuration` and `new_configuration` (protocol §5.1, §5.4).
extension JSONScanner {
    private enum ConfigurationMember: String, JSONMember {
        case hnsw, spann
        case embeddingFunction = "embedding_function"
    }

    /// Reads the configuration of a new collection.
    mutating func collectionConfiguration() throws(JSONFailure) -> CollectionConfiguration {
        var result = CollectionConfiguration()
        try members(of: ConfigurationMember.self, expected: "struct CollectionConfiguration") {
            (member, scanner) throws(JSONFailure) in
            if try scanner.takeNull() { return }
            switch member {
            case .hnsw:
                result.hnsw = try scanner.vectorConfiguration(HNSWConfigurationMember.self)
            case .spann:
                result.spann = try scanner.vectorConfiguration(SPANNConfigurationMember.self)
            case .embeddingFunction: result.embeddingFunction = try scanner.embeddingFunction()
            }
        }
        return result
    }

    /// Reads a change of a collection's configuration.
    mutating func configurationUpdate() throws(JSONFailure) -> ConfigurationUpdate {
        var result = ConfigurationUpdate()
        try members(
            of: ConfigurationMember.self, expected: "struct UpdateCollectionConfiguration"
        ) { (member, scanner) throws(JSONFailure) in
            if try scanner.takeNull() { return }
            switch member {
            case .hnsw: result.hnsw = try scanner.updatedParameters(HNSWUpdateMember.self)
            case .spann: result.spann = try scanner.parameters(SPANNUpdateMember.self)
            case .embeddingFunction: result.embeddingFunction = try scanner.embeddingFunction()
            }
        }
        return result
    }

    private mutating func vectorConfiguration<Member: JSONMember, Parameter: IndexParameter>(
        _: Member.Type
    ) throws(JSONFailure) -> VectorConfiguration<Parameter> {
        var result = VectorConfiguration<Parameter>()
        result.parameters = try parameters(Member.self) {
            (_, scanner) throws(JSONFailure) in result.space = try scanner.space()
        }
        return result
    }

    /// Parameters whose values must be in range at once: an update has no later check.
    private mutating func updatedParameters<Member: JSONMember, Parameter: IndexParameter>(
        _: Member.Type
    ) throws(JSONFailure) -> IndexParameters<Parameter> {
        let result: IndexParameters<Parameter> = try parameters(Member.self)
        if let parameter = result.outOfRange {
            throw shape("\(parameter.rawValue): value out of range")
        }
        return result
    }

    /// Reads parameters; a null leaves one out, an unknown one is refused.
    ///
    /// - Parameter other: reads the value of a member that is no parameter.
    mutating func parameters<Member: JSONMember, Parameter: IndexParameter>(
        _: Member.Type,
        other: (Member, inout JSONScanner) throws(JSONFailure) -> Void = { _, _ in }
    ) throws(JSONFailure) -> IndexParameters<Parameter> {
        var result = IndexParameters<Parameter>()
        try members(of: Member.self, expected: "index parameters", unknown: .reject) {
            (member, scanner) throws(JSONFailure) in
            if try scanner.takeNull() { return }
            guard let parameter = Parameter(rawValue: member.rawValue) else {
                return try other(member, &scanner)
            }
            result[parameter] =
                parameter.rule.isCount
                ? .count(try scanner.integer(in: 0...Int64.max, expected: "usize"))
                : .real(try scanner.numberValue(expected: "f64").double)
        }
        return result
    }

    mutating func space() throws(JSONFailure) -> DistanceSpace {
        let word = try string()
        guard let space = DistanceSpace(rawValue: word) else {
            throw unknownVariant(word, of: DistanceSpace.self)
        }
        return space
    }

    // MARK: - Embedding functions

    private enum FunctionMember: String, JSONMember { case type, name, config }

    private enum FunctionType: String, CaseIterable { case legacy, known, unknown }

    /// Reads the descriptor of an embedding function.
    mutating func embeddingFunction() throws(JSONFailure) -> EmbeddingFunctionDescriptor {
        var type: FunctionType?
        var name: String?
        var config: String?
        try members(of: FunctionMember.self, expected: "an embedding function") {
            (member, scanner) throws(JSONFailure) in
            switch member {
            case .type:
                let word = try scanner.string()
                type = FunctionType(rawValue: word)
                if type == nil { throw scanner.unknownVariant(word, of: FunctionType.self) }
            case .name: name = try scanner.string()
            case .config:
                let place = try scanner.skipValue()
                config = scanner.text(place)
            }
        }
        switch try required(type, "type") {
        case .legacy: return .legacy
        case .unknown: return .unknown
        case .known:
            return .known(
                name: try required(name, "name"),
                configurationJSON: try required(config, "config"))
        }
    }
}
