import ChromaModel
import NIOCore

/// A collection on the wire (protocol §1.5.1).
package enum CollectionResponse {
    /// Appends one collection to `buffer`.
    package static func write(
        _ collection: CollectionState, tenant: TenantName, database: DatabaseName,
        into buffer: inout ByteBuffer
    ) {
        JSONWriter.append(to: &buffer) {
            $0.collection(collection, tenant: tenant, database: database)
        }
    }

    /// Appends a list of collections to `buffer`.
    package static func write(
        list: [CollectionState], tenant: TenantName, database: DatabaseName,
        into buffer: inout ByteBuffer
    ) {
        JSONWriter.append(to: &buffer) { writer in
            writer.array(list) { $0.collection($1, tenant: tenant, database: database) }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func collection(
        _ collection: CollectionState, tenant: TenantName, database: DatabaseName
    ) {
        raw("{\"id\":")
        string(collection.id.description)
        raw(",\"name\":")
        string(collection.name.value)
        raw(",\"configuration_json\":")
        raw(collection.settings.configurationJSON)
        raw(",\"schema\":")
        raw(collection.settings.schemaJSON)
        raw(",\"metadata\":")
        collectionMetadata(collection.metadata)
        raw(",\"dimension\":")
        nullable(collection.dimension) { $0.integer($1) }
        raw(",\"tenant\":")
        string(tenant.value)
        raw(",\"database\":")
        string(database.value)
        raw(",\"log_position\":")
        integer(collection.logPosition)
        raw(",\"version\":")
        integer(collection.version)
        raw("}")
    }
}
