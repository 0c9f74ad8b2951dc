import ChromaModel
import Testing

@testable import ChromaWire

@Suite("Configuration and schema")
struct CollectionSettingsTests {
    private func settings(
        _ members: String, flavour: IndexFlavour = .hnsw
    ) throws -> CollectionSettings {
        try withBytes(#"{"name":"abc",\#(members)}"#) {
            try CreateCollectionBody.parse($0).draft(flavour: flavour).settings
        }
    }

    private static let hnsw = """
        "hnsw":{"ef_construction":100,"max_neighbors":16,"ef_search":100,"num_threads":4,\
        "batch_size":100,"sync_threshold":1000,"resize_factor":1.2}
        """

    /// As a fresh collection of upstream's 1.5.9 server returned it.
    private static let defaultSchema = """
        {"defaults":{"string":{"fts_index":{"enabled":false,"config":{}},\
        "string_inverted_index":{"enabled":true,"config":{}}},\
        "float_list":{"vector_index":{"enabled":false,"config":{"space":"l2",\(hnsw)}}},\
        "sparse_vector":{"sparse_vector_index":{"enabled":false,\
        "config":{"embedding_function":{"type":"unknown"},"bm25":false}}},\
        "int":{"int_inverted_index":{"enabled":true,"config":{}}},\
        "float":{"float_inverted_index":{"enabled":true,"config":{}}},\
        "bool":{"bool_inverted_index":{"enabled":true,"config":{}}}},\
        "keys":{"#document":{"string":{"fts_index":{"enabled":true,"config":{}},\
        "string_inverted_index":{"enabled":false,"config":{}}}},\
        "#embedding":{"float_list":{"vector_index":{"enabled":true,\
        "config":{"space":"l2","source_key":"#document",\(hnsw)}}}}}}
        """

    private static let defaultConfiguration = """
        {"hnsw":{"space":"l2","ef_construction":100,"ef_search":100,"max_neighbors":16,\
        "resize_factor":1.2,"sync_threshold":1000},"spann":null,"embedding_function":null}
        """

    @Test(
        "a collection that nothing was said about looks as upstream's does",
        arguments: [
            #""configuration":null,"schema":null"#, #""configuration":{"zzz":5,"hnsw":null}"#,
            #""configuration":{"hnsw":{"space":"l2"},"spann":null}"#,
            #""schema":{"defaults":{},"keys":{}}"#, #""metadata":{"a":1}"#,
            #""configuration":{"embedding_function":null}"#,
        ])
    func defaults(members: String) throws {
        let settings = try settings(members)
        #expect(settings.schemaJSON == Self.defaultSchema)
        #expect(settings.configurationJSON == Self.defaultConfiguration)
        #expect(settings.space == .l2)
    }

    @Test("the Cloud look has spann in place of hnsw")
    func spann() throws {
        let settings = try settings(#""metadata":{"hnsw:space":"cosine"}"#, flavour: .spann)
        #expect(
            settings.configurationJSON == """
                {"hnsw":null,"spann":{"space":"cosine","search_nprobe":64,"write_nprobe":32,\
                "ef_construction":200,"ef_search":200,"max_neighbors":64,\
                "reassign_neighbor_count":64,"split_threshold":50,"merge_threshold":25},\
                "embedding_function":null}
                """)
        #expect(
            settings.schemaJSON.contains(#""spann":{"search_nprobe":64,"search_rng_factor":1.0"#))
        #expect(!settings.schemaJSON.contains("hnsw"))
        #expect(settings.space == .cosine)
    }

    @Test("the Python client's default embedding function lands in both views")
    func defaultFunction() throws {
        let function = #"{"type":"known","name":"default","config":{}}"#
        let settings = try settings(
            #""configuration":{"hnsw":{"space":"l2"},"spann":null,"#
                + #""embedding_function":\#(function)}"#
        )
        #expect(settings.configurationJSON.hasSuffix(#""embedding_function":\#(function)}"#))
        let inSchema = #""embedding_function":\#(function)"#
        #expect(settings.schemaJSON.split(separator: inSchema).count == 3)
    }

    @Test(
        "what counts when parts disagree",
        arguments: [
            (
                #""configuration":{"hnsw":{"space":"l2"}},"metadata":{"hnsw:space":"cosine"}"#,
                "cosine"
            ),
            (#""configuration":{"hnsw":{"space":"ip"}},"metadata":{"hnsw:space":"cosine"}"#, "ip"),
            (#""configuration":{"spann":{"space":"ip"}},"metadata":{"hnsw:space":"cosine"}"#, "ip"),
            (#""metadata":{"hnsw:space":"cosine","hnsw:M":5}"#, "cosine"),
            (
                ##""schema":{"defaults":{},"keys":{"#embedding":{"float_list":{"vector_index""##
                    + ##":{"enabled":true,"config":{"space":"cosine"}}}}}}"##,
                "cosine"
            ),
            (
                #""schema":{"defaults":{"float_list":{"vector_index":{"enabled":false,"#
                    + #""config":{"space":"cosine"}}}},"keys":{}}"#,
                "l2"
            ),
        ])
    func precedence(members: String, space: String) throws {
        for flavour in IndexFlavour.allCases {
            #expect(try settings(members, flavour: flavour).space.rawValue == space)
        }
    }

    @Test("parameters given through either way are shown")
    func parameters() throws {
        let settings = try settings(
            #""configuration":{"hnsw":{"batch_size":1,"num_threads":2,"resize_factor":2,"#
                + #""max_neighbors":5}}"#
        )
        #expect(settings.configurationJSON.contains(#""max_neighbors":5,"resize_factor":2.0"#))
        #expect(settings.schemaJSON.contains(#""num_threads":2,"batch_size":1"#))
        let legacy = try self.settings(#""metadata":{"hnsw:M":5,"hnsw:construction_ef":7}"#)
        #expect(
            legacy.configurationJSON.contains(
                #""ef_construction":7,"ef_search":100,"max_neighbors":5"#))
    }

    @Test("aliases of the schema's names are taken, unknown types passed over")
    func aliases() throws {
        let settings = try settings(
            ##""schema":{"defaults":{"zzz":5,"#int":{"$int_inverted_index":{"enabled":false,"##
                + ##""config":{}}}},"key_overrides":{"a":{"string":{"string_inverted_index":{"e"##
                + ##"nabled":false,"config":{}}}}}}"##
        )
        #expect(settings.schemaJSON.contains(#""int":{"int_inverted_index":{"enabled":false"#))
        #expect(
            settings.schemaJSON.contains(
                #""a":{"string":{"string_inverted_index":{"enabled":false,"config":{}}}}"#))
    }

    @Test(
        "contradictions and bad values are 400",
        arguments: [
            (
                #""configuration":{"hnsw":{},"spann":{}}"#,
                "Multiple vector index configurations provided"
            ),
            (
                #""metadata":{"hnsw:space":"x"}"#,
                "Failed to parse hnsw parameters from segment metadata"
            ),
            (
                #""metadata":{"hnsw:foo":1}"#,
                "Failed to parse hnsw parameters from segment metadata"
            ),
            (
                #""metadata":{"hnsw:batch_size":1}"#,
                "Failed to parse hnsw parameters from segment metadata"
            ),
            (#""metadata":{}"#, "Validation error: metadata: Metadata cannot be empty"),
            (#""metadata":{"":1}"#, "Validation error: metadata: Metadata key cannot be empty"),
            (
                #""metadata":{"$a":1}"#,
                "Validation error: metadata: Metadata key cannot start with '#' or '$': $a"
            ),
            (
                #""schema":{"defaults":{},"keys":{"a":{"string":{"string_inverted_index":{"ena"#
                    + #"bled":false,"config":{}}}}}},"configuration":{"hnsw":{"space":"cosine"}}"#,
                "Failed to reconcile schema: Cannot set both collection config and schema "
                    + "simultaneously"
            ),
            (
                #""schema":{"defaults":{"float_list":{"vector_index":{"enabled":false,"#
                    + #""config":{"hnsw":{"batch_size":1}}}}},"keys":{}}"#,
                "Failed to reconcile schema: Invalid HNSW configuration: batch_size"
            ),
            (
                #""schema":{"defaults":{},"keys":{},"cmek":{"gcp":"x"}}"#,
                "Validation error: schema: CMEK does not match expected pattern: Gcp(\"x\")"
            ),
            (
                ##""schema":{"defaults":{},"keys":{"#foo":{}}}"##,
                "Validation error: schema: key cannot begin with '#'. Keys starting with '#' "
                    + "are reserved for system use: #foo"
            ),
            (
                #""schema":{"defaults":{"string":{"fts_index":{"enabled":true,"config":{}}}},"#
                    + #""keys":{}}"#,
                "Validation error: schema: Full text search / regular expression index cannot "
                    + "be enabled by default."
            ),
        ])
    func contradictions(members: String, message: String) {
        expectRefusal(of: "x", .invalidArgument, message) { _ in try settings(members) }
    }

    @Test(
        "members that indexes don't have are 422",
        arguments: [
            (
                #""configuration":{"hnsw":{"x":1}}"#,
                "configuration.hnsw.x: unknown field `x`, expected one of `space`, "
                    + "`ef_construction`, `ef_search`, `max_neighbors`, `num_threads`, "
                    + "`resize_factor`, `sync_threshold`, `batch_size`"
            ),
            (
                #""configuration":{"hnsw":{"space":"zz"}}"#,
                "configuration.hnsw.space: unknown variant `zz`, expected one of `l2`, "
                    + "`cosine`, `ip`"
            ),
            (
                #""configuration":{"embedding_function":{"type":"foo"}}"#,
                "configuration.embedding_function.type: unknown variant `foo`, expected one of "
                    + "`legacy`, `known`, `unknown`"
            ),
            (#""schema":{}"#, "schema: missing field `defaults`"),
            (
                #""schema":{"defaults":{"string":{"fts_index":{"enabled":false}}},"keys":{}}"#,
                "schema.defaults.string.fts_index: missing field `config`"
            ),
            (
                #""schema":{"defaults":{"string":{"fts_index":{"enabled":false,"#
                    + #""config":{"x":1}}}},"keys":{}}"#,
                "schema.defaults.string.fts_index.config.x: unknown field `x`, there are no fields"
            ),
            (#""get_or_create":null"#, "get_or_create: invalid type: null, expected a boolean"),
        ])
    func unknownMembers(members: String, message: String) {
        expectRefusal(
            of: "x", .unprocessable, RecordBatchBodyTests.shapePrefix + message
        ) { _ in try settings(members) }
    }

    @Test("an unknown function is kept in the schema and null in the configuration")
    func unknownFunction() throws {
        let settings = try settings(#""configuration":{"embedding_function":{"type":"unknown"}}"#)
        #expect(settings.configurationJSON.hasSuffix(#""embedding_function":null}"#))
    }

    // MARK: - Updates

    private func updated(_ members: String, of old: CollectionSettings) throws -> CollectionSettings
    {
        try withBytes(#"{"new_configuration":\#(members)}"#) { bytes in
            let body = try UpdateCollectionBody.parse(bytes)
            return try body.change(of: old).settings ?? old
        }
    }

    @Test("an update changes what it names in both views")
    func update() throws {
        let old = try settings(#""configuration":{"hnsw":{"space":"cosine"}}"#)
        let function = #"{"type":"known","name":"x","config":{"z":[1,2.50]}}"#
        let new = try updated(
            #"{"hnsw":{"ef_search":7},"spann":null,"embedding_function":\#(function)}"#, of: old)
        #expect(new.space == .cosine)
        #expect(new.configurationJSON.contains(#""ef_search":7"#))
        #expect(new.configurationJSON.contains(function))
        #expect(new.schemaJSON.split(separator: #""ef_search":7"#).count == 3)
        let ignored = try updated(#"{"spann":{"search_nprobe":5}}"#, of: new)
        #expect(ignored == new)
    }

    @Test(
        "an update may not touch the space",
        arguments: [
            (
                #"{"hnsw":{"space":"l2"}}"#,
                "new_configuration.hnsw.space: unknown field `space`, expected one of `ef_search`, "
                    + "`max_neighbors`, `num_threads`, `resize_factor`, `sync_threshold`, "
                    + "`batch_size`"
            ),
            (
                #"{"spann":{"space":"l2"}}"#,
                "new_configuration.spann.space: unknown field `space`, expected `search_nprobe` or "
                    + "`ef_search`"
            ),
            (
                #"{"hnsw":{"ef_search":-1}}"#,
                "new_configuration.hnsw.ef_search: invalid value: integer `-1`, expected usize"
            ),
            (
                #"{"embedding_function":{"type":"known","name":"x"}}"#,
                "new_configuration.embedding_function: missing field `config`"
            ),
        ])
    func badUpdates(members: String, message: String) throws {
        let old = try settings(#""metadata":null"#)
        expectRefusal(
            of: "x", .unprocessable, RecordBatchBodyTests.shapePrefix + message
        ) { _ in try updated(members, of: old) }
    }

    @Test("name and metadata are changed by the rules of creation")
    func changes() throws {
        let body = try withBytes(#"{"new_name":"abc","new_metadata":{"a":null,"b":1}}"#) {
            try UpdateCollectionBody.parse($0)
        }
        let expected = Metadata([MetadataEntry(MetadataKey("b"), .int(1))])
        #expect(body.newName == CollectionName("abc"))
        #expect(body.newMetadata == .some(expected))
        let cleared = try withBytes(#"{"new_metadata":{"a":null}}"#) {
            try UpdateCollectionBody.parse($0)
        }
        #expect(cleared.newMetadata == .some(nil))
        #expect(try withBytes("{}") { try UpdateCollectionBody.parse($0) }.isEmpty)
        expectRefusal(
            of: #"{"new_name":"a","new_metadata":{}}"#, .invalidArgument,
            "Validation error: new_metadata: Metadata cannot be empty\nnew_name: Expected a name"
        ) { try UpdateCollectionBody.parse($0) }
    }

    // MARK: - Growth and policy

    @Test("a schema learns the keys that records have")
    func growth() throws {
        let old = try settings(#""metadata":null"#)
        let patch = MetadataPatch([
            .init(MetadataKey("z"), .string("x")), .init(MetadataKey("chroma:a"), .int(1)),
            .init(MetadataKey("n"), .ints([1])), .init(MetadataKey("gone"), nil),
        ])
        var keyTypes = KeyTypes()
        #expect(try old.schemaJSON(grownBy: keyTypes) == old.schemaJSON)
        keyTypes.learn([nil, patch])
        let new = try old.schemaJSON(grownBy: keyTypes)
        #expect(
            new.contains(
                """
                "z":{"string":{"fts_index":{"enabled":false,"config":{}},\
                "string_inverted_index":{"enabled":true,"config":{}}}}
                """))
        #expect(new.contains(#""n":{"int":{"int_inverted_index""#))
        #expect(!new.contains("chroma:"))
        #expect(!new.contains("gone"))
    }

    @Test("every stored schema reads back as it was")
    func roundTrip() throws {
        let deep = String(repeating: "[", count: 110) + String(repeating: "]", count: 110)
        for flavour in IndexFlavour.allCases {
            let settings = try settings(
                #""configuration":{"embedding_function":{"type":"known","name":"é\"","#
                    + #""config":\#(deep)}}"#,
                flavour: flavour)
            #expect(CollectionSettings(try settings.schema()) == settings)
        }
    }

    @Test("filters on what isn't indexed are refused by name and type")
    func policy() throws {
        let settings = try settings(
            #""schema":{"defaults":{"int":{"int_inverted_index":{"enabled":false,"#
                + #""config":{}}}},"keys":{"a":{"string":{"string_inverted_index":{"enabled":fal"#
                + #"se,"config":{}}}}}}"#
        )
        let policy = try settings.indexPolicy()
        func check(_ json: String) throws {
            let filter = try withBytes(#"{"where":\#(json)}"#) {
                try GetBody.parse($0).request.selection.filter
            }
            try policy.check(try #require(filter))
        }
        try check(#"{"$and":[{"b":"x"},{"a":1.5},{"b":true}]}"#)
        try check(##"{"#document":{"$contains":"x"}}"##)
        let refusals = [
            (#"{"a":"x"}"#, "'a' with type 'Str'"), (#"{"b":1}"#, "'b' with type 'Int'"),
            (#"{"a":{"$nin":["x"]}}"#, "'a' with type 'Str'"),
            (#"{"$or":[{"b":{"$contains":3}}]}"#, "'b' with type 'Int'"),
            (##"{"#document":"x"}"##, "'#document' with type 'Str'"),
        ]
        for (json, tail) in refusals {
            expectRefusal(
                of: json, .invalidArgument,
                "Cannot filter using metadata key \(tail) because indexing is disabled"
            ) { _ in try check(json) }
        }
    }

    @Test("document filters need the full-text index")
    func fullText() throws {
        let settings = try settings(
            ##""schema":{"defaults":{},"keys":{"#document":{"string":{"fts_index":{"enabled":"##
                + ##"false,"config":{}}}}}}"##
        )
        expectRefusal(
            of: "x", .invalidArgument,
            "Cannot filter using full-text search because FTS indexing is disabled"
        ) { _ in try settings.indexPolicy().check(.document(.contains("a"))) }
    }
}
