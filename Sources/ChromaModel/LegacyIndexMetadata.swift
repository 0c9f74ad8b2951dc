/// Index parameters given as metadata: the oldest way to configure (protocol §5.1).
enum LegacyIndexMetadata {
    private static let prefix = "hnsw:"

    /// The configuration that the `hnsw:*` entries of `metadata` make; the default when there
    /// are none.
    ///
    /// - Throws: `invalidArgument` when one is unknown or has a bad value.
    static func configuration(
        _ metadata: Metadata?
    ) throws(ServiceError) -> VectorConfiguration<HNSWParameter> {
        var result = VectorConfiguration<HNSWParameter>()
        for entry in metadata?.entries ?? [] where entry.key.value.utf8.starts(with: prefix.utf8) {
            guard read(entry, into: &result) else {
                throw .invalid("Failed to parse hnsw parameters from segment metadata")
            }
        }
        return result
    }

    private static func read(
        _ entry: MetadataEntry, into result: inout VectorConfiguration<HNSWParameter>
    ) -> Bool {
        if entry.key == MetadataKey("hnsw:space") {
            guard case .string(let name) = entry.value else { return false }
            result.space = DistanceSpace(rawValue: name)
            return result.space != nil
        }
        guard let parameter = parameter(entry.key), let value = value(entry.value, parameter)
        else { return false }
        result.parameters[parameter] = value
        return parameter.rule.range.contains(value.double)
    }

    private static func parameter(_ key: MetadataKey) -> HNSWParameter? {
        switch key.value {
        case "hnsw:construction_ef": .efConstruction
        case "hnsw:search_ef": .efSearch
        case "hnsw:M": .maxNeighbors
        case "hnsw:num_threads": .threads
        case "hnsw:resize_factor": .resizeFactor
        case "hnsw:batch_size": .batchSize
        case "hnsw:sync_threshold": .syncThreshold
        default: nil
        }
    }

    private static func value(
        _ value: MetadataValue, _ parameter: HNSWParameter
    ) -> ParameterValue? {
        switch value {
        case .int(let number):
            parameter.rule.isCount
                ? (number >= 0 ? .count(Int(number)) : nil) : .real(Double(number))
        case .float(let number): parameter.rule.isCount ? nil : .real(number)
        default: nil
        }
    }
}
