import ChromaModel

/// Whether a metadata map may say null of a key (protocol §2.4).
enum MetadataNulls {
    case refused
    /// A null removes its key.
    case remove

    /// Upstream's name of the value type, part of the message.
    var typeName: String {
        self == .refused ? "MetadataValue" : "UpdateMetadataValue"
    }
}

extension JSONScanner {
    /// Reads a metadata map. Of a key given twice the last one counts.
    mutating func metadata(nulls: MetadataNulls) throws(JSONFailure) -> MetadataPatch {
        var changes: [MetadataPatch.Change] = []
        try object(expected: "a map") { (key, scanner) throws(JSONFailure) in
            let value = try scanner.untagged(nulls.typeName) { (scanner) throws(JSONFailure) in
                nulls == .remove
                    ? try scanner.nullable { (scanner) throws(JSONFailure) in
                        try scanner.metadataValue()
                    } : try scanner.metadataValue()
            }
            changes.append(MetadataPatch.Change(MetadataKey(key), value))
        }
        return MetadataPatch(changes)
    }

    /// Reads a value of several possible shapes. When none fits the message names only the
    /// type, and that the value is no JSON goes first.
    mutating func untagged<Value>(
        _ typeName: String, _ body: (inout JSONScanner) throws(JSONFailure) -> Value
    ) throws(JSONFailure) -> Value {
        let start = position
        let startDepth = depth
        do throws(JSONFailure) {
            return try body(&self)
        } catch {
            guard error.kind == .shape else { throw error }
            rewind(to: start, depth: startDepth)
            try skipValue()
            throw shape("data did not match any variant of untagged enum \(typeName)")
        }
    }

    private mutating func metadataValue() throws(JSONFailure) -> MetadataValue {
        switch try valueByte() {
        case ASCII.quote: return .string(try string())
        case .ascii("t"), .ascii("f"): return .bool(try bool())
        case ASCII.openBrace: return .sparse(try sparseVector())
        case ASCII.openBracket: return try metadataArray()
        default:
            switch try numberValue(expected: "a metadata value") {
            case .int(let value): return .int(value)
            case let other: return .float(other.double)
            }
        }
    }

    // MARK: - Arrays

    private mutating func metadataArray() throws(JSONFailure) -> MetadataValue {
        let start = position
        let startDepth = depth
        var index = try beginArray()
        guard try nextElement(&index) else { return .bools([]) }
        let first = try valueByte()
        rewind(to: start, depth: startDepth)
        switch first {
        case ASCII.quote:
            return .strings(try array { (scanner) throws(JSONFailure) in try scanner.string() })
        case .ascii("t"), .ascii("f"):
            return .bools(try array { (scanner) throws(JSONFailure) in try scanner.bool() })
        default:
            return try numberArray()
        }
    }

    /// Integers alone stay integers; one float makes all of them floats.
    private mutating func numberArray() throws(JSONFailure) -> MetadataValue {
        let numbers = try array { (scanner) throws(JSONFailure) in
            try scanner.numberValue(expected: "a number")
        }
        var ints: [Int64] = []
        ints.reserveCapacity(numbers.count)
        for case .int(let value) in numbers { ints.append(value) }
        return ints.count == numbers.count ? .ints(ints) : .floats(numbers.map(\.double))
    }

    // MARK: - Sparse vectors

    private enum SparseMember: String, JSONMember {
        case indices, values, tokens
        case type = "#type"
    }

    private mutating func sparseVector() throws(JSONFailure) -> SparseVector {
        var indices: [UInt32]?
        var values: [Float]?
        var tokens: [String]?
        try members(of: SparseMember.self, expected: "a sparse vector") {
            (member, scanner) throws(JSONFailure) in
            switch member {
            case .indices:
                indices = try scanner.array { (scanner) throws(JSONFailure) in
                    UInt32(try scanner.uint32())
                }
            case .values:
                values = try scanner.array { (scanner) throws(JSONFailure) in
                    try scanner.float()
                }
            case .tokens:
                tokens = try scanner.nullable { (scanner) throws(JSONFailure) in
                    try scanner.array { (scanner) throws(JSONFailure) in try scanner.string() }
                }
            case .type:
                let type = try scanner.string()
                guard type == "sparse_vector" else {
                    throw scanner.shape("unknown type `\(type)`, expected `sparse_vector`")
                }
            }
        }
        return SparseVector(
            indices: try required(indices, "indices"), values: try required(values, "values"),
            tokens: tokens)
    }

    /// Reads a binary32; infinite when the number is out of its range.
    mutating func float() throws(JSONFailure) -> Float {
        guard ASCII.startsNumber(try valueByte()) else { throw mismatch("f32") }
        let number = try number()
        return try float(number)
    }
}
