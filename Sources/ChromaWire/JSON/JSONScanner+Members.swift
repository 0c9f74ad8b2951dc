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
        // So few that a walk over them takes less than a hash.
        var seen: [Member] = []
        var index = try beginObject(expected: expected)
        while let key = try nextKey(&index) {
            let member = Member(rawValue: alias(key))
            if let member {
                guard !seen.contains(member) else {
                    throw shape("duplicate field `\(member.rawValue)`")
                }
                seen.append(member)
            }
            do throws(JSONFailure) {
                if let member {
                    try body(member, &self)
                } else {
                    try unknownMember(key, of: Member.self, unknown)
                }
            } catch {
                throw error.inside(.member(key))
            }
        }
    }

    private mutating func unknownMember<Member: JSONMember>(
        _ key: String, of _: Member.Type, _ unknown: UnknownMembers
    ) throws(JSONFailure) {
        guard unknown == .skip else { throw unknownField(key, of: Member.self) }
        try skipValue()
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
