extension UsageType {
    /// What it counts in.
    package enum Unit: String, Sendable {
        case bytes, characters, count
    }

    /// A usage type's words and its limit in each plan.
    struct TableRow {
        let displayName: String
        let unit: Unit
        let cloud: Int
        let selfHosted: Int

        init(_ displayName: String, _ unit: Unit = .count, cloud: Int, selfHosted: Int) {
            self.displayName = displayName
            self.unit = unit
            self.cloud = cloud
            self.selfHosted = selfHosted
        }

        /// The same limits under other words.
        func named(_ displayName: String) -> TableRow {
            TableRow(displayName, unit, cloud: cloud, selfHosted: selfHosted)
        }
    }

    /// What upstream calls it in refusals.
    package var displayName: String { row.displayName }

    package var unit: Unit { row.unit }

    /// The whole table (protocol §8.1). `cloud` is the published limit of Chroma Cloud, or
    /// upstream's compiled default where none is published. `selfHosted` bounds what a mistake
    /// can cost and is above what upstream's single node is used for.
    var row: TableRow {
        switch self {
        case .metadataKeySizeBytes:
            TableRow(
                "Size of metadata dictionary key (bytes)", .bytes, cloud: 36, selfHosted: 65_536)
        case .metadataValueSizeBytes:
            TableRow(
                "Size of metadata dictionary value (bytes)", .bytes, cloud: 8182,
                selfHosted: 1_048_576)
        case .collectionMetadataValueSizeBytes:
            TableRow(
                "Size of metadata dictionary value (bytes)", .bytes, cloud: 256,
                selfHosted: 1_048_576)
        case .numMetadataKeys:
            TableRow("Number of metadata dictionary keys", cloud: 32, selfHosted: 10_000)
        case .numWherePredicates:
            TableRow("Number of where clause predicates", cloud: 8, selfHosted: 10_000)
        case .whereValueSizeBytes:
            TableRow(
                "Size of where clause value (bytes)", .bytes, cloud: 8182, selfHosted: 1_048_576)
        case .numWhereDocumentPredicates:
            TableRow("Number of where document predicates", cloud: 8, selfHosted: 10_000)
        case .whereDocumentValueLength:
            TableRow(
                "Length of where document value", .characters, cloud: 256, selfHosted: 1_048_576)
        case .numRecords: TableRow("Number of records", cloud: 300, selfHosted: 100_000)
        case .embeddingDimensions:
            TableRow("Embedding dimension", cloud: 4096, selfHosted: 65_536)
        case .sparseVectorPopulatedDimensions:
            TableRow("Sparse vector populated dimension", cloud: 4096, selfHosted: 65_536)
        case .documentSizeBytes:
            TableRow("Document size (bytes)", .bytes, cloud: 16_384, selfHosted: 41_943_040)
        case .uriSizeBytes: TableRow("URI size (bytes)", .bytes, cloud: 256, selfHosted: 65_536)
        case .idSizeBytes: TableRow("ID size (bytes)", .bytes, cloud: 128, selfHosted: 65_536)
        case .nameSizeBytes: TableRow("Name size (bytes)", .bytes, cloud: 128, selfHosted: 512)
        // As many as a collection may have records: a get is never cut short unawares.
        case .limitValue: TableRow("Limit value", cloud: 300, selfHosted: 100_000_000)
        case .rankKNNLimit:
            TableRow("Limit value in rank expression", cloud: 384, selfHosted: 100_000)
        case .numResults: TableRow("Number of results", cloud: 300, selfHosted: 1_000_000)
        case .numQueryEmbeddings:
            TableRow("Number of query embeddings", cloud: 20, selfHosted: 10_000)
        case .collectionSizeRecords:
            TableRow("Collection size (records)", cloud: 5_000_000, selfHosted: 100_000_000)
        case .numCollections:
            TableRow("Number of collections", cloud: 1_000_000, selfHosted: 1_000_000)
        case .numDatabases: TableRow("Number of databases", cloud: 10, selfHosted: 10_000)
        case .numQueryIDs:
            TableRow("Number of IDs to filter by in a query", cloud: 1000, selfHosted: 100_000)
        case .regexPatternLength:
            TableRow("Length of regex pattern", .characters, cloud: 256, selfHosted: 65_536)
        case .numForks: TableRow("Number of forks", cloud: 256, selfHosted: 256)
        case .numSearchPayloads:
            TableRow("Number of search payloads in a search", cloud: 5, selfHosted: 100)
        case .numRankKNN:
            TableRow("Number of knn searches in a rank expression", cloud: 5, selfHosted: 100)
        case .numFunctions:
            TableRow("Number of functions attached to a collection", cloud: 10, selfHosted: 100)
        case .numGroupByKeys:
            TableRow("Number of group by keys in a search payload", cloud: 16, selfHosted: 64)
        case .numAggregateKeys:
            TableRow("Number of aggregate keys in a search payload", cloud: 16, selfHosted: 64)
        case .concurrentReadsPerCollection:
            TableRow("Concurrent reads per collection", cloud: 10, selfHosted: 10_000)
        case .concurrentWritesPerCollection:
            TableRow("Concurrent writes per collection", cloud: 10, selfHosted: 10_000)
        case .readRequestsPerSecond:
            TableRow("Read requests per second", cloud: 1000, selfHosted: 100_000)
        case .writeRequestsPerSecond:
            TableRow("Write requests per second", cloud: 1000, selfHosted: 100_000)
        case .writtenBytesPerSecond:
            TableRow(
                "Written bytes per second", .bytes, cloud: 64 << 20, selfHosted: 4 << 30)
        case .queryUnitsPerSecond:
            TableRow("Query units per second", cloud: 10_000, selfHosted: 1_000_000)
        // A token may use all of its tenant's rate, until an override says less.
        case .tokenReadRequestsPerSecond:
            Self.readRequestsPerSecond.row.named("Read requests per second and token")
        case .tokenWriteRequestsPerSecond:
            Self.writeRequestsPerSecond.row.named("Write requests per second and token")
        case .tokenWrittenBytesPerSecond:
            Self.writtenBytesPerSecond.row.named("Written bytes per second and token")
        case .tokenQueryUnitsPerSecond:
            Self.queryUnitsPerSecond.row.named("Query units per second and token")
        }
    }
}
