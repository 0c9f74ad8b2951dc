import ChromaModel

/// The body that changes a collection (protocol §1.5.2, PUT). Null and absent both leave things
/// as they are.
package struct UpdateCollectionBody: RequestBody {
    private enum Member: String, JSONMember {
        case newName = "new_name"
        case newMetadata = "new_metadata"
        case newConfiguration = "new_configuration"
    }

    package let newName: CollectionName?
    /// The whole new map; `.some(nil)` leaves no metadata.
    package let newMetadata: Metadata??
    package let newConfiguration: ConfigurationUpdate?

    /// Whether the body changes nothing.
    package var isEmpty: Bool {
        newName == nil && newMetadata == nil && newConfiguration == nil
    }

    /// The change to make.
    ///
    /// - Parameter settings: those that the collection has.
    package func change(of settings: CollectionSettings) throws(ServiceError) -> CollectionChange {
        CollectionChange(
            name: newName, metadata: newMetadata,
            settings: try newConfiguration.map { (update) throws(ServiceError) in
                try settings.updating(with: update)
            },
            expectedSettings: newConfiguration == nil ? nil : settings)
    }

    package static func parse(
        _ bytes: UnsafeRawBufferPointer
    ) throws(ServiceError) -> UpdateCollectionBody {
        var name: CollectionName?
        var patch: MetadataPatch?
        var configuration: ConfigurationUpdate?
        try JSONScanner.read(bytes) { (scanner) throws(JSONFailure) in
            try scanner.members(of: Member.self, expected: "struct UpdateCollectionPayload") {
                (member, scanner) throws(JSONFailure) in
                if try scanner.takeNull() { return }
                switch member {
                case .newName: name = CollectionName(try scanner.string())
                case .newMetadata: patch = try scanner.metadata(nulls: .remove)
                case .newConfiguration: configuration = try scanner.configurationUpdate()
                }
            }
        }
        try configuration?.validate()
        try validate(name, patch)
        return UpdateCollectionBody(
            newName: name, newMetadata: patch.map { $0.applied(to: nil) },
            newConfiguration: configuration)
    }

    private static func validate(
        _ name: CollectionName?, _ metadata: MetadataPatch?
    ) throws(ServiceError) {
        var report = ValidationReport()
        if let metadata {
            report.check("new_metadata") { () throws(ServiceError) in
                try MetadataRules.checkNonEmpty(metadata)
            }
        }
        if let name {
            report.check("new_name") { () throws(ServiceError) in try NameRules.check(name) }
        }
        try report.verify()
    }
}
