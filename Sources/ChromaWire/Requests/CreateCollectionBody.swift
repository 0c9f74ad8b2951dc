import ChromaModel

/// The body that makes a collection (protocol §1.5.2).
package struct CreateCollectionBody: RequestBody {
    private enum Member: String, JSONMember {
        case name, metadata, configuration, schema
        case getOrCreate = "get_or_create"
    }

    package let name: CollectionName
    package let metadata: Metadata?
    package let configuration: CollectionConfiguration?
    package let schema: Schema?
    package let getOrCreate: Bool

    /// The collection to make.
    ///
    /// - Parameter flavour: which of Chroma's servers its configuration looks like.
    /// - Throws: `invalidArgument` when configuration, schema and metadata contradict one
    ///   another.
    package func draft(flavour: IndexFlavour = .hnsw) throws(ServiceError) -> CollectionDraft {
        CollectionDraft(
            name: name, metadata: metadata,
            settings: try .reconcile(
                configuration: configuration, schema: schema, metadata: metadata,
                flavour: flavour))
    }

    package static func parse(
        _ bytes: UnsafeRawBufferPointer
    ) throws(ServiceError) -> CreateCollectionBody {
        var patch: MetadataPatch?
        var configuration: CollectionConfiguration?
        var schema: Schema?
        var getOrCreate = false
        let name = try JSONScanner.read(bytes) { (scanner) throws(JSONFailure) in
            var name: String?
            try scanner.members(of: Member.self, expected: "struct CreateCollectionPayload") {
                (member, scanner) throws(JSONFailure) in
                switch member {
                case .name: name = try scanner.string()
                case .getOrCreate: getOrCreate = try scanner.bool()
                case .metadata where try !scanner.takeNull():
                    patch = try scanner.metadata(nulls: .refused)
                case .configuration where try !scanner.takeNull():
                    configuration = try scanner.collectionConfiguration()
                case .schema where try !scanner.takeNull():
                    schema = try scanner.schema()
                case .metadata, .configuration, .schema: break
                }
            }
            return CollectionName(try scanner.required(name, Member.name.rawValue))
        }
        return try CreateCollectionBody(
            name: name, metadata: patch, configuration: configuration, schema: schema,
            getOrCreate: getOrCreate)
    }

    /// Throws `invalidArgument` for parts that break a rule.
    private init(
        name: CollectionName, metadata: MetadataPatch?, configuration: CollectionConfiguration?,
        schema: Schema?, getOrCreate: Bool
    ) throws(ServiceError) {
        try Self.validate(name, metadata, schema)
        self.name = name
        self.metadata = metadata?.applied(to: nil)
        self.configuration = configuration
        self.schema = schema
        self.getOrCreate = getOrCreate
    }

    /// A request whose configuration and schema are JSON texts, as the body's members of those
    /// names; an empty text leaves one out.
    ///
    /// Throws `invalidArgument` for parts that cannot be read or break a rule.
    package init(
        name: CollectionName, metadata: MetadataPatch?, configurationJSON: String,
        schemaJSON: String, getOrCreate: Bool
    ) throws(ServiceError) {
        let configuration = try JSONScanner.read(
            text: configurationJSON, of: "configuration_json"
        ) { (scanner) throws(JSONFailure) in try scanner.collectionConfiguration() }
        let schema = try JSONScanner.read(text: schemaJSON, of: "schema_json") {
            (scanner) throws(JSONFailure) in try scanner.schema()
        }
        try self.init(
            name: name, metadata: metadata, configuration: configuration, schema: schema,
            getOrCreate: getOrCreate)
    }

    private static func validate(
        _ name: CollectionName, _ metadata: MetadataPatch?, _ schema: Schema?
    ) throws(ServiceError) {
        var report = ValidationReport()
        report.check("name") { () throws(ServiceError) in try NameRules.check(name) }
        if let metadata {
            report.check("metadata") { () throws(ServiceError) in
                try MetadataRules.checkNonEmpty(metadata)
            }
        }
        if let schema {
            report.check("schema") { () throws(ServiceError) in try schema.validate() }
        }
        try report.verify()
    }
}
