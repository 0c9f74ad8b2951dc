import ChromaModel

/// The body of a transaction's get: that of get, and the token of an earlier one
/// (protocol §1.9).
package struct ConditionalGetBody: RequestBody {
    private enum Member: String, JSONMember {
        case ids, limit, offset, include
        case filter = "where"
        case documentFilter = "where_document"
        case readToken = "read_token"
    }

    package let get: GetBody
    /// Nil for a first read.
    package let readToken: UInt64?

    package static func parse(
        _ bytes: UnsafeRawBufferPointer
    ) throws(ServiceError) -> ConditionalGetBody {
        var get = GetMembers()
        var token: UInt64?
        try JSONScanner.read(bytes) { (scanner) throws(JSONFailure) in
            try scanner.members(of: Member.self, expected: "struct ConditionalGetPayload") {
                (member, scanner) throws(JSONFailure) in
                if member == .readToken {
                    token = try scanner.nullableUInt64()
                } else if let member = GetMember(rawValue: member.rawValue) {
                    try get.read(member, &scanner)
                }
            }
        }
        return ConditionalGetBody(get: try get.body(), readToken: token)
    }
}
