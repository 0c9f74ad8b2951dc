import ChromaModel

/// A member of the body of get.
enum GetMember: String, JSONMember {
    case ids, limit, offset, include
    case filter = "where"
    case documentFilter = "where_document"
}

/// The members of a get as parsed.
struct GetMembers {
    private var filters = FilterMembers()
    private var limit: Int?
    private var offset: Int?
    private var include = IncludeList.getDefault

    mutating func read(_ member: GetMember, _ scanner: inout JSONScanner) throws(JSONFailure) {
        switch member {
        case .ids: try filters.readIDs(&scanner)
        case .filter: try filters.readWhere(&scanner)
        case .documentFilter: try filters.readWhereDocument(&scanner)
        case .limit: limit = try scanner.nullableUInt32()
        case .offset: offset = try scanner.nullableUInt32()
        case .include: include = try scanner.includeList()
        }
    }

    func body() throws(ServiceError) -> GetBody {
        let request = GetRequest(
            selection: try filters.selection(), offset: offset ?? 0, limit: limit,
            include: include.options)
        return GetBody(request: request, include: include)
    }
}

/// The body of get (protocol §1.6, §3.2).
package struct GetBody: RequestBody {
    package let request: GetRequest
    /// What to show, as the client wrote it.
    package let include: IncludeList

    package static func parse(_ bytes: UnsafeRawBufferPointer) throws(ServiceError) -> GetBody {
        var members = GetMembers()
        try JSONScanner.read(bytes) { (scanner) throws(JSONFailure) in
            try scanner.members(of: GetMember.self, expected: "struct GetRequestPayload") {
                (member, scanner) throws(JSONFailure) in try members.read(member, &scanner)
            }
        }
        return try members.body()
    }
}

extension JSONScanner {
    mutating func nullableUInt32() throws(JSONFailure) -> Int? {
        try nullable { (scanner) throws(JSONFailure) in try scanner.uint32() }
    }

    /// Positions of the log: never past 63 bits.
    mutating func nullableUInt64() throws(JSONFailure) -> UInt64? {
        try nullable { (scanner) throws(JSONFailure) in
            UInt64(try scanner.integer(in: 0...Int64.max, expected: "u64"))
        }
    }
}
