import ChromaModel

/// The members that select records: `ids`, `where` and `where_document`.
///
/// Filters are passed over while the body is parsed and read when all of it was seen: that the
/// body is no JSON, or of another shape, goes before an invalid filter (protocol §1.1).
struct FilterMembers {
    var ids: [RecordID]?
    private var filter: Result<Where, ServiceError>?
    private var documentFilter: Result<Where, ServiceError>?

    mutating func readIDs(_ scanner: inout JSONScanner) throws(JSONFailure) {
        ids = try scanner.nullable { (scanner) throws(JSONFailure) in try scanner.recordIDs() }
    }

    mutating func readWhere(_ scanner: inout JSONScanner) throws(JSONFailure) {
        if try scanner.takeNull() { return }
        let place = try scanner.skipValue()
        filter = Self.outcome("Invalid where clause") { () throws(JSONFailure) in
            try scanner.reread(place) { (inner) throws(JSONFailure) in try inner.whereClause() }
        }
    }

    mutating func readWhereDocument(_ scanner: inout JSONScanner) throws(JSONFailure) {
        if try scanner.takeNull() { return }
        let place = try scanner.skipValue()
        documentFilter = Self.outcome("Invalid where document clause") {
            () throws(JSONFailure) in
            try scanner.reread(place) { (inner) throws(JSONFailure) in
                try inner.whereDocumentClause()
            }
        }
    }

    private static func outcome(
        _ message: String, _ read: () throws(JSONFailure) -> Where
    ) -> Result<Where, ServiceError> {
        do throws(JSONFailure) {
            return .success(try read())
        } catch {
            return .failure(.invalid(message))
        }
    }

    /// Both filters as one; nil when there is none.
    func combined() throws(ServiceError) -> Where? {
        let first = try filter?.get()
        let second = try documentFilter?.get()
        guard let first else { return second }
        return second.map { .all([first, $0]) } ?? first
    }

    func selection() throws(ServiceError) -> RecordSelection {
        RecordSelection(ids: ids, filter: try combined())
    }
}
