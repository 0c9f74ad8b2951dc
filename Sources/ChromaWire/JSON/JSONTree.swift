import ChromaModel

/// A JSON text as a value, for the few readers that can't know what they will find: tokens and key
/// sets of identity providers. Chroma's bodies are read without a tree.
package indirect enum JSONTree: Sendable {
    case null
    case bool(Bool)
    /// As binary64.
    case number(Double)
    case string(String)
    case array([JSONTree])
    /// No two members have a name of the same bytes.
    case object([Member])

    package struct Member: Sendable {
        package let name: String
        package let value: JSONTree
    }

    /// Nested arrays and objects at most; no claim or key goes anywhere near.
    package static let depthMax = 16

    /// Reads one whole text, strictly. An object that has a name twice is refused: two readers
    /// would disagree about which counts. Throws `invalidArgument`.
    package init(parsing bytes: [UInt8]) throws(ServiceError) {
        // `withUnsafeBytes` only throws on what its body throws, in untyped form.
        let outcome = bytes.withUnsafeBytes { bytes in
            Result { () throws(ServiceError) in
                try JSONScanner.read(bytes, depthMax: Self.depthMax) {
                    (scanner) throws(JSONFailure) in try scanner.tree()
                }
            }
        }
        self = try outcome.get()
    }

    /// The value of an object's member; nil when this is no object or has no such member.
    package subscript(name: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name.isByteEqual(to: name) }?.value
    }

    package var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    package var number: Double? {
        if case .number(let value) = self { value } else { nil }
    }

    package var array: [JSONTree]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    package var isObject: Bool {
        if case .object = self { true } else { false }
    }
}

extension JSONScanner {
    fileprivate mutating func tree() throws(JSONFailure) -> JSONTree {
        switch try valueByte() {
        case ASCII.openBrace: return .object(try treeMembers())
        case ASCII.openBracket:
            return .array(try array { (scanner) throws(JSONFailure) in try scanner.tree() })
        case ASCII.quote: return .string(try string())
        case .ascii("t"), .ascii("f"): return .bool(try bool())
        case .ascii("n"):
            try literal("null")
            return .null
        default: return .number(try numberValue(expected: "a value").double)
        }
    }

    private mutating func treeMembers() throws(JSONFailure) -> [JSONTree.Member] {
        var members: [JSONTree.Member] = []
        var seen: Set<[UInt8]> = []
        try object(expected: "a map") { (name, scanner) throws(JSONFailure) in
            guard seen.insert(Array(name.utf8)).inserted else {
                throw scanner.shape("duplicate field")
            }
            members.append(JSONTree.Member(name: name, value: try scanner.tree()))
        }
        return members
    }
}
