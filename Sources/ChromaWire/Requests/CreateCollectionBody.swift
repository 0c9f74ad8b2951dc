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
        try validate(name, patch, schema)
        return CreateCollectionBody(
            name: name, metadata: patch?.applied(to: nil), configuration: configuration,
            schema: schema, getOrCreate: getOrCreate)
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
