import ChromaModel
import NIOCore

/// A database on the wire (protocol §1.4).
package enum DatabaseResponse {
    package static func write(
        id: DatabaseID, name: DatabaseName, tenant: TenantName, into buffer: inout ByteBuffer
    ) {
        JSONWriter.append(to: &buffer) { $0.database(id, name, tenant) }
    }

    /// Appends a list of databases of one tenant.
    package static func write(
        list: [(id: DatabaseID, name: DatabaseName)], tenant: TenantName,
        into buffer: inout ByteBuffer
    ) {
        JSONWriter.append(to: &buffer) { writer in
            writer.array(list) { $0.database($1.id, $1.name, tenant) }
        }
    }
}

/// A tenant on the wire (protocol §1.3).
package enum TenantResponse {
    package static func write(
        name: TenantName, resourceName: TenantResourceName? = nil, into buffer: inout ByteBuffer
    ) {
        JSONWriter.append(to: &buffer) { writer in
            writer.raw("{\"name\":")
            writer.string(name.value)
            writer.raw(",\"resource_name\":")
            writer.nullable(resourceName) { $0.string($1.value) }
            writer.raw("}")
        }
    }
}

/// Who a credential belongs to, and what it reaches (protocol §7.2).
package enum IdentityResponse {
    package static func write(
        userID: String, tenant: TenantName, databases: [DatabaseName],
        into buffer: inout ByteBuffer
    ) {
        JSONWriter.append(to: &buffer) { writer in
            writer.raw("{\"user_id\":")
            writer.string(userID)
            writer.raw(",\"tenant\":")
            writer.string(tenant.value)
            writer.raw(",\"databases\":")
            writer.array(databases) { $0.string($1.value) }
            writer.raw("}")
        }
    }
}

extension JSONWriter {
    fileprivate mutating func database(
        _ id: DatabaseID, _ name: DatabaseName, _ tenant: TenantName
    ) {
        raw("{\"id\":")
        string(id.description)
        raw(",\"name\":")
        string(name.value)
        raw(",\"tenant\":")
        string(tenant.value)
        raw("}")
    }
}
