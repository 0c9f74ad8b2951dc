import ChromaModel

extension UsageType {
    /// Asks for something of which there is so much of this usage and of nothing else.
    typealias Probe = (action: QuotaAction, ask: (EffectiveQuotas, Int) throws -> Void)

    /// A request of each kind that the usage is limited in; empty for what no request is refused
    /// for. A new usage type has to be put in one of the places here.
    var probes: [Probe] {
        switch self {
        case .limitValue, .collectionSizeRecords, .numCollections, .numDatabases, .numForks,
            .rankKNNLimit, .numSearchPayloads, .numRankKNN, .numFunctions, .numGroupByKeys,
            .numAggregateKeys, .concurrentReadsPerCollection, .concurrentWritesPerCollection,
            .readRequestsPerSecond, .writeRequestsPerSecond, .writtenBytesPerSecond,
            .queryUnitsPerSecond, .tokenReadRequestsPerSecond, .tokenWriteRequestsPerSecond,
            .tokenWrittenBytesPerSecond, .tokenQueryUnitsPerSecond:
            []
        case .metadataKeySizeBytes:
            Self.metadataProbes { [(text($0), .bool(true))] }
                + Self.collectionProbes {
                    [(text($0), .bool(true))]
                }
        case .numMetadataKeys:
            Self.metadataProbes { count in (0..<count).map { ("\($0)", .bool(true)) } }
                + Self.collectionProbes { count in (0..<count).map { ("\($0)", .bool(true)) } }
        case .metadataValueSizeBytes:
            Self.metadataProbes { [("k", .string(text($0)))] }
                + Self.metadataProbes { [("k", .strings([text($0 - 1), "x"]))] }
        case .collectionMetadataValueSizeBytes:
            Self.collectionProbes { [("k", .string(text($0)))] }
        case .sparseVectorPopulatedDimensions:
            Self.metadataProbes { count in
                let indices = (0..<UInt32(count)).map { $0 }
                let values = [Float](repeating: 1, count: count)
                return [("k", .sparse(SparseVector(indices: indices, values: values, tokens: nil)))]
            }
        case .numRecords:
            Self.writeProbes { RecordBatch(ids: records($0)) }
                + [Self.selection(.delete) { RecordSelection(ids: records($0)) }]
        case .idSizeBytes:
            Self.writeProbes { RecordBatch(ids: [RecordID(text($0))]) }
                + Self.readProbes { RecordSelection(ids: [RecordID(text($0))]) }
        case .embeddingDimensions:
            Self.writeProbes { RecordBatch(ids: records(1), embeddings: .rows([row($0)])) }
                + [Self.query { QueryRequest(embeddings: .rows([row($0)])) }]
        case .documentSizeBytes:
            Self.writeProbes { RecordBatch(ids: records(1), documents: [text($0)]) }
        case .uriSizeBytes: Self.writeProbes { RecordBatch(ids: records(1), uris: [text($0)]) }
        case .nameSizeBytes:
            Self.nameProbes
        case .numWherePredicates:
            Self.readProbes { count in
                let leaf = Where.metadata(MetadataKey("k"), .equal(.bool(true)))
                return RecordSelection(filter: .any([.all(Array(repeating: leaf, count: count))]))
            }
        case .whereValueSizeBytes:
            Self.readProbes { filter(.equal(.string(text($0)))) }
                + Self.readProbes { filter(.isNotIn([.bool(true), .string(text($0))])) }
        case .numWhereDocumentPredicates:
            Self.readProbes { count in
                let leaf = Where.document(.contains("x"))
                return RecordSelection(filter: .all(Array(repeating: leaf, count: count)))
            }
        case .whereDocumentValueLength:
            Self.readProbes { RecordSelection(filter: .document(.doesNotContain(wide($0)))) }
        case .regexPatternLength:
            Self.readProbes { RecordSelection(filter: .document(.matches(regex: wide($0)))) }
        case .numResults:
            [Self.query { QueryRequest(embeddings: .rows([[1]]), resultCount: $0) }]
        case .numQueryEmbeddings:
            [
                Self.query { count in
                    let rows = [[Float]?](repeating: [1], count: count)
                    return QueryRequest(embeddings: .rows(rows), resultCount: 1)
                }
            ]
        case .numQueryIDs:
            [QuotaAction.get, .query].map { action in
                Self.selection(action) { RecordSelection(ids: records($0)) }
            }
                + Self.readProbes { RecordSelection(filter: .id(.isIn(records($0)))) }
        }
    }
}

extension UsageType {
    private static func writeProbes(_ batch: @escaping (Int) -> RecordBatch) -> [Probe] {
        [QuotaAction.add, .update, .upsert].map { action in
            (action, { try $0.check(batch($1), for: action) })
        }
    }

    /// A get, a query and a delete.
    private static func readProbes(_ make: @escaping (Int) -> RecordSelection) -> [Probe] {
        [selection(.get, make), selection(.delete, make)] + [
            query { QueryRequest(embeddings: .rows([[1]]), selection: make($0), resultCount: 1) }
        ]
    }

    private static func selection(
        _ action: QuotaAction, _ make: @escaping (Int) -> RecordSelection
    ) -> Probe {
        (action, { try $0.check(make($1), for: action) })
    }

    private static func query(_ make: @escaping (Int) -> QueryRequest) -> Probe {
        (.query, { try $0.check(make($1)) })
    }

    /// Records that have the metadata.
    private static func metadataProbes(
        _ entries: @escaping (Int) -> [(String, MetadataValue)]
    ) -> [Probe] {
        writeProbes { size in
            let changes = entries(size).map { MetadataPatch.Change(MetadataKey($0.0), $0.1) }
            return RecordBatch(ids: records(1), metadatas: [MetadataPatch(changes)])
        }
    }

    /// A collection that is made with the metadata, and one that gets it.
    private static func collectionProbes(
        _ entries: @escaping (Int) -> [(String, MetadataValue)]
    ) -> [Probe] {
        let metadata = { size in
            Metadata(entries(size).map { MetadataEntry(MetadataKey($0.0), $0.1) })
        }
        return [
            (.createCollection, { try $0.check(draft("abc", metadata($1))) }),
            (
                .updateCollection,
                { try $0.check(metadata: metadata($1), for: .updateCollection) }
            ),
        ]
    }

    private static var nameProbes: [Probe] {
        let given = [QuotaAction.createDatabase, .updateCollection, .forkCollection].map {
            action -> Probe in
            (action, { try $0.check(name: CollectionName(text($1)), for: action) })
        }
        return given + [(.createCollection, { try $0.check(draft(text($1))) })]
    }
}

private func text(_ bytes: Int) -> String { String(repeating: "x", count: bytes) }

/// So many characters, of two bytes each.
private func wide(_ characters: Int) -> String { String(repeating: "é", count: characters) }

private func records(_ count: Int) -> [RecordID] { (0..<count).map { RecordID("\($0)") } }

private func row(_ dimension: Int) -> [Float] { [Float](repeating: 1, count: dimension) }

private func filter(_ predicate: MetadataPredicate) -> RecordSelection {
    RecordSelection(filter: .metadata(MetadataKey("k"), predicate))
}

private func draft(_ name: String, _ metadata: Metadata? = nil) -> CollectionDraft {
    CollectionDraft(
        name: CollectionName(name), metadata: metadata,
        settings: CollectionSettings(space: .l2, configurationJSON: "{}", schemaJSON: "{}"))
}
