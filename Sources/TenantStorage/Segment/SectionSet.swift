/// Some kinds of sections: what a read or a write needs of a segment.
package struct SectionSet: OptionSet, Sendable, Hashable {
    package let rawValue: UInt64

    @inlinable
    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// As the standard library has it for any type, which costs each read more than it must.
    package init(arrayLiteral elements: SectionSet...) {
        rawValue = elements.reduce(0) { $0 | $1.rawValue }
    }

    package init(_ kind: SectionKind) { rawValue = 1 << UInt64(kind.rawValue) }

    package static let ids = SectionSet(.ids)
    package static let orders = SectionSet(.orders)
    package static let documents = SectionSet(.documents)
    package static let uris = SectionSet(.uris)
    package static let metadatas = SectionSet(.metadatas)
    package static let embeddings = SectionSet(.embeddings)
    package static let embeddingSums = SectionSet(.embeddingSums)
    package static let inverseNorms = SectionSet(.inverseNorms)
    package static let idTable = SectionSet(.idTable)
    package static let metadataPostings = SectionSet(.metadataPostings)
    package static let trigramPostings = SectionSet(.trigramPostings)

    /// To find a record by its id.
    package static let lookup: SectionSet = [.ids, .idTable]
    /// The rows, without indexes.
    package static let rows: SectionSet = [
        .lookup, .orders, .documents, .uris, .metadatas, .embeddings, .inverseNorms,
    ]
    /// Everything.
    package static let all: SectionSet = [
        .rows, .embeddingSums, .metadataPostings, .trigramPostings,
    ]

    /// The sections of both. Requests combine sets all the time, and the operations of `SetAlgebra`
    /// stay generic across modules.
    @inlinable
    package static func | (left: SectionSet, right: SectionSet) -> SectionSet {
        SectionSet(rawValue: left.rawValue | right.rawValue)
    }

    package func contains(_ kind: SectionKind) -> Bool { contains(SectionSet(kind)) }

    /// The kinds, in order of their numbers.
    var kinds: [SectionKind] { SectionKind.allCases.filter { contains($0) } }
}
