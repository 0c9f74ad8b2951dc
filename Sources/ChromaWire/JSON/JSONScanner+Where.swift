import ChromaModel

/// The grammar of filters (protocol §4.1). Its failures only tell that a clause is invalid.
extension JSONScanner {
    /// Reads a `where` clause.
    mutating func whereClause() throws(JSONFailure) -> Where {
        try onlyMember { (key, scanner) throws(JSONFailure) in
            switch key {
            case "$and":
                return .all(
                    try scanner.array { (scanner) throws(JSONFailure) in
                        try scanner.whereClause()
                    })
            case "$or":
                return .any(
                    try scanner.array { (scanner) throws(JSONFailure) in
                        try scanner.whereClause()
                    })
            default:
                guard key.utf8.first != .ascii("$") else { throw scanner.invalidClause }
                return try scanner.fieldClause(key)
            }
        }
    }

    /// Reads a `where_document` clause.
    mutating func whereDocumentClause() throws(JSONFailure) -> Where {
        try onlyMember { (key, scanner) throws(JSONFailure) in
            switch key {
            case "$and":
                return .all(
                    try scanner.array { (scanner) throws(JSONFailure) in
                        try scanner.whereDocumentClause()
                    })
            case "$or":
                return .any(
                    try scanner.array { (scanner) throws(JSONFailure) in
                        try scanner.whereDocumentClause()
                    })
            default:
                guard let clause = Self.documentClause(key, try scanner.string()) else {
                    throw scanner.invalidClause
                }
                return clause
            }
        }
    }

    /// Reads an object of exactly one member.
    private mutating func onlyMember<Value>(
        _ body: (String, inout JSONScanner) throws(JSONFailure) -> Value
    ) throws(JSONFailure) -> Value {
        var index = try beginObject(expected: "a clause")
        guard let key = try nextKey(&index) else { throw invalidClause }
        let value = try body(key, &self)
        guard try nextKey(&index) == nil else { throw invalidClause }
        return value
    }

    private var invalidClause: JSONFailure { shape("invalid clause") }

    /// Reads what a key is compared with: a scalar, or an object of one operator.
    private mutating func fieldClause(_ key: String) throws(JSONFailure) -> Where {
        guard try valueByte() == ASCII.openBrace else {
            return try comparison(key, "$eq", .scalar(try filterScalar()))
        }
        return try onlyMember { (name, scanner) throws(JSONFailure) in
            let operand: FilterOperand =
                try scanner.valueByte() == ASCII.openBracket
                ? .list(try scanner.filterList()) : .scalar(try scanner.filterScalar())
            return try scanner.comparison(key, name, operand)
        }
    }

    private func comparison(
        _ key: String, _ name: String, _ operand: FilterOperand
    ) throws(JSONFailure) -> Where {
        guard let clause = FilterComparison(key: key, name: name, operand: operand).clause else {
            throw invalidClause
        }
        return clause
    }

    // MARK: - Operands

    /// Reads a string, boolean or number. An integer beyond `Int64` but within `UInt64` is
    /// refused, one beyond both is a float (protocol §4.1).
    private mutating func filterScalar() throws(JSONFailure) -> FilterScalar {
        switch try valueByte() {
        case ASCII.quote: return .string(try string())
        case .ascii("t"), .ascii("f"): return .bool(try bool())
        default:
            switch try numberValue(expected: "an operand") {
            case .int(let value): return .number(.int(value))
            case .float(let value): return .number(.float(value))
            case .unsigned: throw invalidClause
            }
        }
    }

    /// Reads a list of operands that are all of the first one's type.
    private mutating func filterList() throws(JSONFailure) -> [FilterScalar] {
        var list = try array { (scanner) throws(JSONFailure) in try scanner.filterScalar() }
        guard let first = list.first else { throw invalidClause }
        for index in list.indices {
            switch (first, list[index]) {
            case (.string, .string), (.bool, .bool), (.number(.int), .number(.int)),
                (.number(.float), .number(.float)):
                break
            case (.number(.float), .number(.int(let value))):
                list[index] = .number(.float(Double(value)))
            default: throw invalidClause
            }
        }
        return list
    }
}
