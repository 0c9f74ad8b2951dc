import ChromaModel
import NIOCore

/// Settings as the typed schema they were made of.
extension CollectionSettings {
    /// The settings of a new collection (protocol §5.3).
    ///
    /// - Parameters:
    ///   - metadata: its `hnsw:*` entries configure too.
    ///   - flavour: which of Chroma's servers the result looks like.
    /// - Throws: `invalidArgument` when the parts contradict one another or one is invalid.
    package static func reconcile(
        configuration: CollectionConfiguration?, schema: Schema?, metadata: Metadata?,
        flavour: IndexFlavour = .hnsw
    ) throws(ServiceError) -> CollectionSettings {
        CollectionSettings(
            try Schema.reconciled(
                configuration: configuration, schema: schema, metadata: metadata,
                flavour: flavour))
    }

    /// The settings that `schema` implies.
    package init(_ schema: Schema) {
        let vector = schema.vectorIndex ?? .standard(.hnsw, isEnabled: true)
        self.init(
            space: vector.space ?? .l2,
            configurationJSON: Self.text { $0.configuration(vector) },
            schemaJSON: Self.text { $0.schema(schema) })
    }

    /// The schema, read back.
    ///
    /// - Throws: `internalError` when the stored text is damaged.
    package func schema() throws(ServiceError) -> Schema {
        var text = schemaJSON
        let result = text.withUTF8 { bytes -> Result<Schema, ServiceError> in
            do throws(ServiceError) {
                return .success(try Self.schema(UnsafeRawBufferPointer(bytes)))
            } catch {
                return .failure(error)
            }
        }
        do {
            return try result.get()
        } catch {
            throw ServiceError(
                .internalError, "The collection's stored schema cannot be read", cause: error)
        }
    }

    private static func schema(_ bytes: UnsafeRawBufferPointer) throws(ServiceError) -> Schema {
        try JSONScanner.read(bytes, depthMax: JSONLimits.storedDepthMax) {
            (scanner) throws(JSONFailure) in try scanner.schema()
        }
    }

    /// The settings after a change that the client may make (protocol §5.4).
    ///
    /// - Throws: `invalidArgument` when two kinds of index are changed at once.
    package func updating(
        with change: ConfigurationUpdate
    ) throws(ServiceError) -> CollectionSettings {
        try change.validate()
        var schema = try schema()
        schema.update(change)
        return CollectionSettings(schema)
    }

    /// The schema's JSON once it knows the keys that records have (protocol §5.5).
    ///
    /// - Throws: `internalError` when the stored text is damaged.
    package func schemaJSON(grownBy keyTypes: KeyTypes) throws(ServiceError) -> String {
        guard keyTypes.pairCount > 0 else { return schemaJSON }
        let grown = try schema().grown(by: keyTypes)
        return Self.text { $0.schema(grown) }
    }

    /// Tells whether filters only ask for what is indexed.
    package func indexPolicy() throws(ServiceError) -> SchemaIndexPolicy {
        SchemaIndexPolicy(try schema())
    }

    private static func text(_ body: (inout JSONWriter) -> Void) -> String {
        var buffer = ByteBuffer()
        JSONWriter.append(to: &buffer, body)
        return String(buffer: buffer)
    }
}
