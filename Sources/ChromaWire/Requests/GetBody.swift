import ChromaModel

/// The body of get (protocol §1.6, §3.2).
package struct GetBody: RequestBody {
    private enum Member: String, JSONMember {
        case ids, limit, offset, include
        case filter = "where"
        case documentFilter = "where_document"
    }

    package let request: GetRequest
    /// What to show, as the client wrote it.
    package let include: IncludeList

    package static func parse(_ bytes: UnsafeRawBufferPointer) throws(ServiceError) -> GetBody {
        var filters = FilterMembers()
        var limit: Int?
        var offset: Int?
        var include = IncludeList.getDefault
        try JSONScanner.read(bytes) { (scanner) throws(JSONFailure) in
            try scanner.members(of: Member.self, expected: "struct GetRequestPayload") {
                (member, scanner) throws(JSONFailure) in
                switch member {
                case .ids: try filters.readIDs(&scanner)
                case .filter: try filters.readWhere(&scanner)
                case .documentFilter: try filters.readWhereDocument(&scanner)
                case .limit: limit = try scanner.nullableUInt32()
                case .offset: offset = try scanner.nullableUInt32()
                case .include: include = try scanner.includeList()
                }
            }
        }
        let request = GetRequest(
            selection: try filters.selection(), offset: offset ?? 0, limit: limit,
            include: include.options)
        return GetBody(request: request, include: include)
    }
}

extension JSONScanner {
    mutating func nullableUInt32() throws(JSONFailure) -> Int? {
        try nullable { (scanner) throws(JSONFailure) in try scanner.uint32() }
    }
}
