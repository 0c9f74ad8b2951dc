import ChromaModel
import ChromaWire
import TesseraRPC

extension DataSelection {
    /// Throws `invalidArgument` for a filter that is none.
    func records() throws(ServiceError) -> RecordSelection {
        try RecordSelection(
            ids: hasIds ? ids.ids.map(RecordID.init) : nil, filterJSON: `where`,
            documentFilterJSON: whereDocument)
    }
}

extension DataInclude {
    var list: IncludeList {
        var members: [IncludeList.Member] = []
        if documents { members.append(.documents) }
        if metadatas { members.append(.metadatas) }
        if embeddings { members.append(.embeddings) }
        if uris { members.append(.uris) }
        if distances { members.append(.distances) }
        return IncludeList(members)
    }
}

extension CollectionID {
    /// Throws `invalidArgument` when the text is no UUID (protocol §1.5.2).
    init(request text: String) throws(ServiceError) {
        guard let uuid = UniqueID(text) else {
            throw .invalid("Collection ID is not a valid UUIDv4")
        }
        self.init(uuid)
    }
}
