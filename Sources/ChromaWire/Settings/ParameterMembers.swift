import ChromaModel

/// Members that configure an index; which ones a place takes differs (protocol §5).

extension HNSWParameter: JSONMember {}

enum HNSWConfigurationMember: String, JSONMember {
    case space
    case efConstruction = "ef_construction"
    case efSearch = "ef_search"
    case maxNeighbors = "max_neighbors"
    case threads = "num_threads"
    case resizeFactor = "resize_factor"
    case syncThreshold = "sync_threshold"
    case batchSize = "batch_size"
}

enum HNSWUpdateMember: String, JSONMember {
    case efSearch = "ef_search"
    case maxNeighbors = "max_neighbors"
    case threads = "num_threads"
    case resizeFactor = "resize_factor"
    case syncThreshold = "sync_threshold"
    case batchSize = "batch_size"
}

enum SPANNConfigurationMember: String, JSONMember {
    case searchProbes = "search_nprobe"
    case writeProbes = "write_nprobe"
    case space
    case efConstruction = "ef_construction"
    case efSearch = "ef_search"
    case maxNeighbors = "max_neighbors"
    case reassignedNeighbors = "reassign_neighbor_count"
    case splitThreshold = "split_threshold"
    case mergeThreshold = "merge_threshold"
}

enum SPANNUpdateMember: String, JSONMember {
    case searchProbes = "search_nprobe"
    case efSearch = "ef_search"
}

enum SPANNSchemaMember: String, JSONMember {
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
    case quantize
}
