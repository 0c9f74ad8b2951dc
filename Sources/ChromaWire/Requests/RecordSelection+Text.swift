import ChromaModel

extension RecordSelection {
    /// The selection of a request whose filters are JSON texts, as `where` and `where_document`
    /// of the bodies; an empty text is no filter.
    ///
    /// Throws `invalidArgument` in the bodies' words.
    package init(
        ids: [RecordID]?, filterJSON: String, documentFilterJSON: String
    ) throws(ServiceError) {
        var members = FilterMembers()
        members.ids = ids
        _ = try JSONScanner.read(text: filterJSON, of: "where") {
            (scanner) throws(JSONFailure) in try members.readWhere(&scanner)
        }
        _ = try JSONScanner.read(text: documentFilterJSON, of: "where_document") {
            (scanner) throws(JSONFailure) in try members.readWhereDocument(&scanner)
        }
        self = try members.selection()
    }
}
