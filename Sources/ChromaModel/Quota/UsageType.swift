/// What a quota limits: upstream's usage types (protocol §8.1). The raw value is the name in the
/// APIs and in the tables.
package enum UsageType: String, Sendable, CaseIterable {
    case metadataKeySizeBytes = "metadata_key_size_bytes"
    case metadataValueSizeBytes = "metadata_value_size_bytes"
    /// Ours: upstream limits collections' and records' values differently under one name.
    case collectionMetadataValueSizeBytes = "collection_metadata_value_size_bytes"
    case numMetadataKeys = "num_metadata_keys"
    case numWherePredicates = "num_where_predicates"
    case whereValueSizeBytes = "where_value_size_bytes"
    case numWhereDocumentPredicates = "num_where_document_predicates"
    case whereDocumentValueLength = "where_document_value_length"
    case numRecords = "num_records"
    case embeddingDimensions = "embedding_dimensions"
    case sparseVectorPopulatedDimensions = "sparse_vector_populated_dimensions"
    case documentSizeBytes = "document_size_bytes"
    case uriSizeBytes = "uri_size_bytes"
    case idSizeBytes = "id_size_bytes"
    case nameSizeBytes = "name_size_bytes"
    case limitValue = "limit_value"
    case rankKNNLimit = "rank_knn_limit"
    case numResults = "num_results"
    case numQueryEmbeddings = "num_query_embeddings"
    case collectionSizeRecords = "collection_size_records"
    case numCollections = "num_collections"
    case numDatabases = "num_databases"
    case numQueryIDs = "num_query_ids"
    case regexPatternLength = "regex_pattern_length"
    case numForks = "num_forks"
    case numSearchPayloads = "num_search_payloads"
    case numRankKNN = "num_rank_knn"
    case numFunctions = "num_functions"
    case numGroupByKeys = "num_group_by_keys"
    case numAggregateKeys = "num_aggregate_keys"
    case concurrentReadsPerCollection = "concurrent_reads_per_collection"
    case concurrentWritesPerCollection = "concurrent_writes_per_collection"
    // Ours: upstream has no rates.
    case readRequestsPerSecond = "read_requests_per_second"
    case writeRequestsPerSecond = "write_requests_per_second"
    case writtenBytesPerSecond = "written_bytes_per_second"
    case queryUnitsPerSecond = "query_units_per_second"
    // The same, of each of the tenant's credentials.
    case tokenReadRequestsPerSecond = "token_read_requests_per_second"
    case tokenWriteRequestsPerSecond = "token_write_requests_per_second"
    case tokenWrittenBytesPerSecond = "token_written_bytes_per_second"
    case tokenQueryUnitsPerSecond = "token_query_units_per_second"
}

extension UsageType {
    /// Where a usage is compared with its limit.
    package enum Check: Sendable {
        /// In the request alone, before anything is done.
        case request
        /// Never refused: the limit takes the place of the number of items that a list or a get
        /// asks for (protocol §8.1, "Overrides").
        case cap
        /// Where the change is ordered among all others, so that no race passes the limit.
        case stock
        /// In the number of requests that run at once.
        case concurrency
        /// In a bucket that all frontends share. A burst may be as large as a second's worth.
        case rate
        /// Not yet: nothing of the kind is served. Search and functions.
        case notServed
    }

    package var check: Check {
        switch self {
        case .limitValue: .cap
        case .numDatabases, .numCollections, .collectionSizeRecords, .numForks: .stock
        case .concurrentReadsPerCollection, .concurrentWritesPerCollection: .concurrency
        case .readRequestsPerSecond, .writeRequestsPerSecond, .writtenBytesPerSecond,
            .queryUnitsPerSecond, .tokenReadRequestsPerSecond, .tokenWriteRequestsPerSecond,
            .tokenWrittenBytesPerSecond, .tokenQueryUnitsPerSecond:
            .rate
        case .rankKNNLimit, .numSearchPayloads, .numRankKNN, .numFunctions, .numGroupByKeys,
            .numAggregateKeys:
            .notServed
        default: .request
        }
    }

    /// The rate of each single token beside a rate of the tenant; nil for what is no such rate.
    package var tokenUsage: UsageType? {
        switch self {
        case .readRequestsPerSecond: .tokenReadRequestsPerSecond
        case .writeRequestsPerSecond: .tokenWriteRequestsPerSecond
        case .writtenBytesPerSecond: .tokenWrittenBytesPerSecond
        case .queryUnitsPerSecond: .tokenQueryUnitsPerSecond
        default: nil
        }
    }

    /// Whether it counts something of the whole tenant, so that a database can't have a limit of
    /// its own.
    package var isOfTenant: Bool {
        self == .numDatabases || self == .numCollections || check == .rate
    }
}

/// A change or a read that quotas apply to. The raw value is what refusals call it.
package enum QuotaAction: String, Sendable, CaseIterable {
    case createDatabase = "Create Database"
    case createCollection = "Create Collection"
    case updateCollection = "Update Collection"
    case forkCollection = "Fork Collection"
    case add = "Add"
    case update = "Update"
    case upsert = "Upsert"
    case delete = "Delete"
    case get = "Get"
    case query = "Query"
}

extension RecordChange {
    /// What the change is called if it can add records; nil when it can't.
    package var addingAction: QuotaAction? {
        switch self {
        case .write(.add, _): .add
        case .write(.upsert, _): .upsert
        default: nil
        }
    }
}

extension QuotaAction {
    package init(_ operation: WriteOperation) {
        self =
            switch operation {
            case .add: .add
            case .update: .update
            case .upsert: .upsert
            case .delete: .delete
            }
    }
}
