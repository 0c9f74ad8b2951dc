import ChromaWire

extension APISchema {
    /// The bodies that are sent; nil for all others.
    var requestShape: JSONSchema? {
        switch self {
        case .createTenant, .createDatabase: .object(["name": .string], required: ["name"])
        case .updateTenant:
            .object(["resource_name": .string], required: ["resource_name"])
        case .createCollection: Self.newCollection
        case .updateCollection:
            .object([
                "new_name": .nullable(.string), "new_metadata": .nullable(.named(.metadata)),
                "new_configuration": .nullable(.named(.configuration)),
            ])
        case .fork: .object(["new_name": .string], required: ["new_name"])
        case .write:
            .object(
                Self.columns(embeddings: .named(.embeddings)), required: ["ids", "embeddings"])
        case .update:
            .object(
                Self.columns(embeddings: .nullable(.named(.embeddings))), required: ["ids"])
        case .delete: .object(Self.selection(["limit": .nullable(.integer)]))
        case .get: .object(Self.getMembers)
        case .conditionalGet:
            .object(
                Self.getMembers.merging(["read_token": .nullable(.integer)]) { first, _ in first })
        case .conditionalCommit:
            .object(
                [
                    "read_token": .nullable(.integer), "read_ids": .list(.string),
                    "operations": .list(Self.operation),
                ], required: ["operations"])
        case .query:
            .object(
                Self.selection([
                    "query_embeddings": .list(.list(.number)),
                    "n_results": .nullable(.integer), "include": Self.include,
                ]), required: ["query_embeddings"])
        default: nil
        }
    }

    static let include = JSONSchema.list(.words(IncludeList.Member.allCases.map(\.rawValue)))

    private static let getMembers = selection([
        "limit": .nullable(.integer), "offset": .nullable(.integer), "include": include,
    ])

    /// One operation of a transaction: its payload is the body of the plain route.
    private static let operation = JSONSchema.object(
        [
            "operation": .words(["add", "update", "upsert", "delete"]),
            "payload": .oneOf([.named(.write), .named(.update), .named(.delete)]),
        ], required: ["operation", "payload"])

    private static let newCollection = JSONSchema.object(
        [
            "name": .string, "metadata": .nullable(.named(.metadata)),
            "configuration": .nullable(.named(.configuration)),
            "schema": .nullable(.named(.schema)), "get_or_create": .boolean,
        ], required: ["name"])

    /// The columns of a write: one entry an id.
    private static func columns(embeddings: JSONSchema) -> [String: JSONSchema] {
        let texts = JSONSchema.nullable(.list(.nullable(.string)))
        return [
            "ids": .list(.string), "embeddings": embeddings, "documents": texts, "uris": texts,
            "metadatas": .nullable(.list(.nullable(.named(.metadata)))),
        ]
    }

    /// What selects records, and the members beside it.
    private static func selection(_ more: [String: JSONSchema]) -> [String: JSONSchema] {
        let selection: [String: JSONSchema] = [
            "ids": .nullable(.list(.string)), "where": .nullable(.named(.filter)),
            "where_document": .nullable(.named(.documentFilter)),
        ]
        return selection.merging(more) { first, _ in first }
    }
}
