import ChromaModel

extension APISchema {
    /// The bodies that are answered. Every member is always there.
    var answerShape: JSONSchema {
        switch self {
        case .error: .whole(["error": .string, "message": .string])
        case .heartbeat: .whole(["nanosecond heartbeat": .integer])
        case .healthCheck:
            .whole(["is_executor_ready": .boolean, "is_log_client_ready": .boolean])
        case .preFlightChecks:
            .whole(["max_batch_size": .integer, "supports_base64_encoding": .boolean])
        case .identity:
            .whole(["user_id": .string, "tenant": .string, "databases": .list(.string)])
        case .tenant: .whole(["name": .string, "resource_name": .nullable(.string)])
        case .database: .whole(["id": .uuid, "name": .string, "tenant": .string])
        case .limits:
            .whole([
                "tenant": .string, "database": .nullable(.string), "plan": .string,
                "limits": .list(.named(.limit)),
            ])
        case .limit:
            .whole([
                "usage_type": .words(UsageType.allCases.map(\.rawValue)),
                "display_name": .string, "unit": .string, "limit": .integer,
                "source": .words(EffectiveQuotas.Source.allCases.map(\.rawValue)),
            ])
        case .deleted: .whole(["deleted": .integer])
        case .forkCount: .whole(["count": .integer])
        case .indexingStatus:
            .whole([
                "op_indexing_progress": .number, "num_unindexed_ops": .integer,
                "num_indexed_ops": .integer, "total_ops": .integer,
            ])
        case .getResult: .whole(Self.columns { $0 })
        case .queryResult:
            .whole(
                Self.columns { .list($0) }.merging([
                    "distances": .nullable(.list(.list(.nullable(.number))))
                ]) { first, _ in first })
        case .conditionalGetResult:
            .whole(Self.columns { $0 }.merging(["read_token": .integer]) { first, _ in first })
        case .commitResult:
            .whole([
                "first_inserted_record_offset": .nullable(.integer), "record_count": .integer,
            ])
        case .collection: Self.collectionShape
        default: .any
        }
    }

    private static let collectionShape = JSONSchema.whole([
        "id": .uuid, "name": .string, "configuration_json": .named(.configuration),
        "schema": .named(.schema), "metadata": .nullable(.named(.metadata)),
        "dimension": .nullable(.integer), "tenant": .string, "database": .string,
        "log_position": .integer, "version": .integer,
    ])

    /// The columns of records; `each` says what stands for one list of records.
    private static func columns(_ each: (JSONSchema) -> JSONSchema) -> [String: JSONSchema] {
        let texts = JSONSchema.nullable(each(.list(.nullable(.string))))
        return [
            "ids": each(.list(.string)), "documents": texts, "uris": texts,
            "embeddings": .nullable(each(.list(.list(.number)))),
            "metadatas": .nullable(each(.list(.nullable(.named(.metadata))))),
            "include": include,
        ]
    }
}

extension JSONSchema {
    /// An object that has all its members.
    fileprivate static func whole(_ members: [String: JSONSchema]) -> JSONSchema {
        .object(members, required: members.keys.sorted())
    }
}
