/// A Chroma resource name, CRN: the names of a tenant, a database and a collection with colons
/// between them (protocol §1.5.2).
package struct CollectionResourceName: Hashable, Sendable, CustomStringConvertible {
    package let tenant: TenantResourceName
    package let database: DatabaseName
    package let collection: CollectionName

    /// Throws `invalidArgument` unless the text has three parts, none of them empty.
    package init(parsing text: String) throws(ServiceError) {
        let parts = text.utf8.split(
            separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else {
            throw .invalid(
                "Validation error: crn: Invalid CRN format, expected "
                    + "<tenant_resource_name>:<database_name>:<collection_name>")
        }
        let texts = parts.map { String(Substring($0)) }
        tenant = TenantResourceName(texts[0])
        database = DatabaseName(texts[1])
        collection = CollectionName(texts[2])
    }

    package var description: String { "\(tenant):\(database):\(collection)" }
}
