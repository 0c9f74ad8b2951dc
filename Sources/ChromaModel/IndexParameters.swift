/// A parameter of a vector index, as clients spell it.
package protocol IndexParameter: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
    var rule: ParameterRule { get }
}

/// A parameter's value.
package enum ParameterValue: Hashable, Sendable {
    case count(Int)
    case real(Double)

    package var double: Double {
        switch self {
        case .count(let value): Double(value)
        case .real(let value): value
        }
    }
}

/// What a parameter may be; its default tells whether it is a count or a real number.
package struct ParameterRule: Sendable {
    /// Nil when nothing is assumed.
    package let defaultValue: ParameterValue?
    package let isCount: Bool
    /// What a schema may say.
    package let range: ClosedRange<Double>

    static func count(_ value: Int, _ range: ClosedRange<Double> = 0...Double.infinity) -> Self {
        ParameterRule(defaultValue: .count(value), isCount: true, range: range)
    }

    static func real(_ value: Double?, _ range: ClosedRange<Double>) -> Self {
        ParameterRule(
            defaultValue: value.map(ParameterValue.real), isCount: false, range: range)
    }
}

/// Values of some parameters of one kind of index.
///
/// Our engine chooses its own index: the values are kept and shown, since clients check them.
package struct IndexParameters<Parameter: IndexParameter>: Hashable, Sendable {
    private var values: [Parameter: ParameterValue] = [:]

    package init() {}

    /// Every parameter at its default.
    package static var defaults: Self {
        var parameters = Self()
        for parameter in Parameter.allCases {
            parameters[parameter] = parameter.rule.defaultValue
        }
        return parameters
    }

    package subscript(parameter: Parameter) -> ParameterValue? {
        get { values[parameter] }
        set { values[parameter] = newValue }
    }

    /// These values, and those of `base` where there is none.
    package func over(_ base: Self) -> Self {
        var result = base
        result.values.merge(values) { _, mine in mine }
        return result
    }

    /// Whether every value given is the default.
    package var isDefault: Bool {
        values.allSatisfy { $0.key.rule.defaultValue == $0.value }
    }

    /// The first parameter whose value is out of range.
    package var outOfRange: Parameter? {
        Parameter.allCases.first { parameter in
            values[parameter].map { !parameter.rule.range.contains($0.double) } ?? false
        }
    }
}

/// The parameters of an HNSW index (protocol §5.1). Cases are in the order of a schema.
package enum HNSWParameter: String, IndexParameter {
    case efConstruction = "ef_construction"
    case maxNeighbors = "max_neighbors"
    case efSearch = "ef_search"
    case threads = "num_threads"
    case batchSize = "batch_size"
    case syncThreshold = "sync_threshold"
    case resizeFactor = "resize_factor"

    package var rule: ParameterRule {
        switch self {
        case .efConstruction, .efSearch: .count(100)
        case .maxNeighbors: .count(16)
        case .threads: .count(4)
        case .batchSize: .count(100, 2...Double.infinity)
        case .syncThreshold: .count(1000, 2...Double.infinity)
        case .resizeFactor: .real(1.2, -Double.infinity...Double.infinity)
        }
    }
}

/// The parameters of a SPANN index (protocol §5.2). Cases are in the order of a schema.
package enum SPANNParameter: String, IndexParameter {
    case searchProbes = "search_nprobe"
    case searchRNGFactor = "search_rng_factor"
    case searchRNGEpsilon = "search_rng_epsilon"
    case replicas = "nreplica_count"
    case writeRNGFactor = "write_rng_factor"
    case writeRNGEpsilon = "write_rng_epsilon"
    case splitThreshold = "split_threshold"
    case kmeansSamples = "num_samples_kmeans"
    case initialLambda = "initial_lambda"
    case reassignedNeighbors = "reassign_neighbor_count"
    case mergeThreshold = "merge_threshold"
    case mergedCenters = "num_centers_to_merge_to"
    case writeProbes = "write_nprobe"
    case efConstruction = "ef_construction"
    case efSearch = "ef_search"
    case maxNeighbors = "max_neighbors"
    case centerDrift = "center_drift_threshold"

    package var rule: ParameterRule {
        switch self {
        case .searchProbes: .count(64, 0...128)
        case .searchRNGFactor, .writeRNGFactor: .real(1, 1...1)
        case .searchRNGEpsilon: .real(10, 5...10)
        case .writeRNGEpsilon: .real(5, 5...10)
        case .replicas, .mergedCenters: .count(8, 0...8)
        case .splitThreshold: .count(50, 50...200)
        case .kmeansSamples: .count(1000, 0...1000)
        case .initialLambda: .real(100, 100...100)
        case .reassignedNeighbors, .maxNeighbors: .count(64, 0...64)
        case .mergeThreshold: .count(25, 25...100)
        case .writeProbes: .count(32, 0...64)
        case .efConstruction, .efSearch: .count(200, 0...200)
        case .centerDrift: .real(nil, 0.1...1)
        }
    }
}
