/// What a reader does with members that its object isn't known to have.
enum UnknownMembers {
    case skip
    case reject
}

/// The members of one kind of object; the raw value is the name in the text.
protocol JSONMember: RawRepresentable<String>, CaseIterable, Hashable, Sendable {}

extension JSONScanner {
    /// Reads an object member by member, in whatever order they come. A known one that comes
    /// twice is refused.
    ///
    /// - Parameters:
    ///   - expected: what the object is called when something else is there.
    ///   - alias: the proper name of a member that has several.
    mutating func members<Member: JSONMember>(
        of _: Member.Type, expected: String, unknown: UnknownMembers = .skip,
        alias: (String) -> String = { $0 },
        _ body: (Member, inout JSONScanner) throws(JSONFailure) -> Void
    ) throws(JSONFailure) {
        var seen: Set<Member> = []
        try object(expected: expected) { (key, scanner) throws(JSONFailure) in
            guard let member = Member(rawValue: alias(key)) else {
                guard unknown == .skip else { throw scanner.unknownField(key, of: Member.self) }
                try scanner.skipValue()
                return
            }
            guard seen.insert(member).inserted else {
                throw scanner.shape("duplicate field `\(member.rawValue)`")
            }
            try body(member, &scanner)
        }
    }

    /// A member that must be there.
    func required<Value>(
        _ value: Value?, _ name: String
    ) throws(JSONFailure) -> Value {
        guard let value else { throw shape("missing field `\(name)`") }
        return value
    }

    private func unknownField<Member: JSONMember>(
        _ key: String, of _: Member.Type
    ) -> JSONFailure {
        let names = Member.allCases.map { "`\($0.rawValue)`" }
        let expected: String
        switch names.count {
        case 0: expected = "there are no fields"
        case 1: expected = "expected \(names[0])"
        case 2: expected = "expected \(names[0]) or \(names[1])"
        default: expected = "expected one of \(names.joined(separator: ", "))"
        }
        return shape("unknown field `\(key)`, \(expected)")
    }
}
