import ChromaModel

/// The body of delete (protocol §1.6, §3.5).
package struct DeleteBody: RequestBody {
    private enum Member: String, JSONMember {
        case ids, limit
        case filter = "where"
        case documentFilter = "where_document"
    }

    /// What to delete. A body that names nothing selects an empty list of ids, so that no
    /// record is meant and 0 are deleted, never all of them.
    package let selection: RecordSelection
    /// Most records to delete; only with a filter.
    package let limit: Int?

    package static func parse(_ bytes: UnsafeRawBufferPointer) throws(ServiceError) -> DeleteBody {
        var filters = FilterMembers()
        var limit: Int?
        try JSONScanner.read(bytes) { (scanner) throws(JSONFailure) in
            try scanner.members(
                of: Member.self, expected: "struct DeleteCollectionRecordsPayload"
            ) { (member, scanner) throws(JSONFailure) in
                switch member {
                case .ids: try filters.readIDs(&scanner)
                case .filter: try filters.readWhere(&scanner)
                case .documentFilter: try filters.readWhereDocument(&scanner)
                case .limit: limit = try scanner.nullableUInt32()
                }
            }
        }
        return try DeleteBody(selection: filters.selection(), limit: limit)
    }

    /// Throws `invalidArgument` for an empty list of ids, or a limit, without a filter.
    package init(selection: RecordSelection, limit: Int?) throws(ServiceError) {
        try Self.validate(selection, limit: limit)
        let namesNothing = selection.ids == nil && selection.filter == nil
        self.selection = namesNothing ? RecordSelection(ids: []) : selection
        self.limit = limit
    }

    private static func validate(
        _ selection: RecordSelection, limit: Int?
    ) throws(ServiceError) {
        guard selection.filter == nil else { return }
        var report = ValidationReport()
        if limit != nil {
            report.add(
                "limit, where",
                "limit can only be specified when a where clause is provided")
        } else if selection.ids?.isEmpty == true {
            report.add("ids, where", "Either ids or where must be specified")
        }
        try report.verify()
    }
}
