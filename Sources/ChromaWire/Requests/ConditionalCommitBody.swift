import ChromaModel

/// The body that commits a transaction (protocol §1.9).
package struct ConditionalCommitBody: RequestBody {
    private enum Member: String, JSONMember {
        case readToken = "read_token"
        case readIDs = "read_ids"
        case operations
    }

    package let transaction: RecordTransaction

    package static func parse(
        _ bytes: UnsafeRawBufferPointer
    ) throws(ServiceError) -> ConditionalCommitBody {
        var token: UInt64?
        var readIDs: [RecordID] = []
        let operations = try JSONScanner.read(bytes) { (scanner) throws(JSONFailure) in
            var operations: [TransactionOperation]?
            try scanner.members(of: Member.self, expected: "struct ConditionalCommitPayload") {
                (member, scanner) throws(JSONFailure) in
                switch member {
                case .readToken: token = try scanner.nullableUInt64()
                case .readIDs: readIDs = try scanner.recordIDs()
                case .operations:
                    operations = try scanner.array { (scanner) throws(JSONFailure) in
                        try TransactionOperation(reading: &scanner)
                    }
                }
            }
            return try scanner.required(operations, Member.operations.rawValue)
        }
        guard readIDs.isEmpty || token != nil else {
            throw .invalid("conditional commit with read_ids requires read_token")
        }
        var changes: [RecordChange] = []
        for operation in operations { changes.append(try operation.validated()) }
        return ConditionalCommitBody(
            transaction: RecordTransaction(
                readToken: token, readIDs: readIDs, changes: changes))
    }
}

/// One operation of a transaction as parsed: its payload is the body of the plain route.
struct TransactionOperation {
    private enum Member: String, JSONMember { case operation, payload }

    private enum Kind: String, CaseIterable {
        case add, update, upsert, delete
    }

    private enum DeleteMember: String, JSONMember {
        case ids, limit
        case filter = "where"
        case documentFilter = "where_document"
    }

    private enum Payload {
        case write(WriteOperation, RecordColumns)
        /// Nil ids, or any other way to say which, make it a predicate delete.
        case delete(ids: [RecordID]?, isPredicate: Bool)
    }

    private let payload: Payload

    init(reading scanner: inout JSONScanner) throws(JSONFailure) {
        var kind: Kind?
        var place: Range<Int>?
        try scanner.members(of: Member.self, expected: "struct ConditionalOperation") {
            (member, scanner) throws(JSONFailure) in
            switch member {
            case .operation:
                let word = try scanner.string()
                kind = Kind(rawValue: word)
                if kind == nil { throw scanner.unknownVariant(word, of: Kind.self) }
            // Its shape depends on the operation, which may come after it.
            case .payload: place = try scanner.skipValue()
            }
        }
        let known = try scanner.required(kind, "operation")
        payload = try scanner.reread(try scanner.required(place, "payload")) {
            (inner) throws(JSONFailure) in try Self.payload(of: known, &inner)
        }
    }

    /// Throws what the plain route would.
    func validated() throws(ServiceError) -> RecordChange {
        switch payload {
        case .write(let operation, let columns):
            return .write(operation, try columns.validated())
        case .delete(let ids, let isPredicate):
            guard let ids, !isPredicate else {
                throw .invalid("transactional predicate deletes are not supported")
            }
            return .delete(ids)
        }
    }

    private static func payload(
        of kind: Kind, _ scanner: inout JSONScanner
    ) throws(JSONFailure) -> Payload {
        switch kind {
        case .add: .write(.add, try RecordColumns(reading: &scanner, operation: .add))
        case .update: .write(.update, try RecordColumns(reading: &scanner, operation: .update))
        case .upsert: .write(.upsert, try RecordColumns(reading: &scanner, operation: .upsert))
        case .delete: try delete(&scanner)
        }
    }

    private static func delete(_ scanner: inout JSONScanner) throws(JSONFailure) -> Payload {
        var ids: [RecordID]?
        var isPredicate = false
        try scanner.members(of: DeleteMember.self, expected: "a map") {
            (member, scanner) throws(JSONFailure) in
            if try scanner.takeNull() { return }
            if member == .ids {
                ids = try scanner.recordIDs()
            } else {
                try scanner.skipValue()
                isPredicate = true
            }
        }
        return .delete(ids: ids, isPredicate: isPredicate)
    }
}
