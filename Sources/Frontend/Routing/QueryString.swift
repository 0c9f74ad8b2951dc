import ChromaModel

/// The query string of a request. Parameters that nobody asks for are ignored (protocol §1.4).
struct QueryString: Sendable {
    private let text: Substring

    init(_ text: Substring) { self.text = text }

    /// A `u32` such as `limit`; nil when absent.
    ///
    /// Throws `invalidArgument` when it is there and is not one (protocol §1.1).
    func unsigned(_ name: String) throws -> Int? {
        guard let value = try self[name] else { return nil }
        guard let number = UInt32(value) else {
            let reason = value.isEmpty ? Self.emptyNumber : Self.invalidDigit
            throw Self.refusal("\(name): \(reason)")
        }
        return Int(number)
    }

    /// One of a type's words; nil when absent. Throws `invalidArgument` for any other.
    func word<Word: CaseIterable & RawRepresentable<String>>(_ name: String, _: Word.Type) throws
        -> Word?
    {
        guard let value = try self[name] else { return nil }
        guard let word = Word.allCases.first(where: { $0.rawValue.isByteEqual(to: value) }) else {
            let expected = Word.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            throw Self.refusal("\(name): unknown variant `\(value)`, expected one of \(expected)")
        }
        return word
    }

    // Upstream's words.
    private static let emptyNumber = "cannot parse integer from empty string"
    private static let invalidDigit = "invalid digit found in string"

    private subscript(name: String) -> String? {
        get throws {
            guard !text.isEmpty else { return nil }
            var found: String?
            for pair in text.split(separator: "&") {
                let sides = pair.split(
                    separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard Self.decode(sides[0])?.isByteEqual(to: name) == true else { continue }
                if found != nil { throw Self.refusal("duplicate field `\(name)`") }
                guard let value = sides.count > 1 ? Self.decode(sides[1]) : "" else {
                    throw Self.refusal("\(name): not percent-encoded UTF-8")
                }
                found = value
            }
            return found
        }
    }

    /// Form decoding: `+` is a space.
    private static func decode(_ text: Substring) -> String? {
        guard text.utf8.contains(UInt8(ascii: "+")) else {
            return PercentDecoding.decode(text.utf8)
        }
        let spaced = Substring(text.map { $0 == "+" ? " " : $0 })
        return PercentDecoding.decode(spaced.utf8)
    }

    private static func refusal(_ reason: String) -> ServiceError {
        .invalid("Failed to deserialize query string: \(reason)")
    }
}
