import ChromaModel

/// The rows of one collection in one segment: what an index is of.
package struct SegmentPart: Hashable, Sendable, CustomStringConvertible {
    package let segment: SegmentID
    /// The collection under which the segment holds the rows: a fork reads its parent's.
    package let storedAs: CollectionID

    package init(segment: SegmentID, storedAs: CollectionID) {
        self.segment = segment
        self.storedAs = storedAs
    }

    package var description: String { "\(segment).\(storedAs)" }
}

extension SegmentSections {
    package var part: SegmentPart { SegmentPart(segment: file.id, storedAs: collection) }
}

extension Checkpoint.Part {
    package var rows: SegmentPart { SegmentPart(segment: segment, storedAs: storedAs) }
}

extension Checkpoint {
    /// All rows that collections read.
    package var segmentParts: Set<SegmentPart> {
        Set(collections.flatMap { $0.parts.map(\.rows) })
    }
}
