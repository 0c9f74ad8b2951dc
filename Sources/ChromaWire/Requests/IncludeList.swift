import ChromaModel

/// What of the records a client asked for, as it asked: responses echo order and repetition.
package struct IncludeList: Sendable, Hashable {
    /// A word of the `include` member (protocol §1.6).
    package enum Member: String, Sendable, CaseIterable {
        case distances, documents, embeddings, metadatas, uris

        package var option: Include {
            switch self {
            case .distances: .distances
            case .documents: .documents
            case .embeddings: .embeddings
            case .metadatas: .metadatas
            case .uris: .uris
            }
        }
    }

    package let members: [Member]

    package init(_ members: [Member]) { self.members = members }

    package static let getDefault = IncludeList([.documents, .metadatas])
    package static let queryDefault = IncludeList([.documents, .metadatas, .distances])

    /// The members as a set.
    package var options: Include {
        var bits: Include.RawValue = 0
        for member in members { bits |= member.option.rawValue }
        return Include(rawValue: bits)
    }

    package func contains(_ member: Member) -> Bool { members.contains(member) }
}

extension JSONScanner {
    mutating func includeList() throws(JSONFailure) -> IncludeList {
        IncludeList(
            try array { (scanner) throws(JSONFailure) in
                let word = try scanner.string()
                guard let member = IncludeList.Member(rawValue: word) else {
                    throw scanner.unknownVariant(word, of: IncludeList.Member.self)
                }
                return member
            })
    }

    /// The failure that `word` is none of an enumeration's.
    func unknownVariant<Words: CaseIterable & RawRepresentable<String>>(
        _ word: String, of _: Words.Type
    ) -> JSONFailure {
        let names = Words.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
        return shape("unknown variant `\(word)`, expected one of \(names)")
    }
}
