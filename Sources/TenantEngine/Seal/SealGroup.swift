import ChromaModel
import TenantStorage

/// Collections whose parts to be sealed are the very same: forks and their source. They get one
/// segment together, so that what was shared in memory stays shared on disk.
struct SealGroup {
    /// A collection and which of its parts are replaced.
    struct Member {
        let captured: CapturedCollection
        let range: Range<Int>

        var parts: ArraySlice<RecordWriter.SealedPart> { captured.parts[range] }
    }

    /// Never empty; the segment holds the rows under the first one's id.
    private(set) var members: [Member]

    var leader: CapturedCollection { members[0].captured }

    /// The parts with the rows that any member still has.
    ///
    /// Of a record's versions only one is among them: when the last of the parts was frozen, for
    /// the one collection that wrote it, one version was live, and from then on whoever holds
    /// these parts has only deleted.
    var parts: [Part] {
        members[0].parts.indices.map { index in
            let place = index - members[0].range.lowerBound
            var deleted = members[0].captured.parts[index].deleted
            for member in members.dropFirst() where !deleted.isEmpty {
                deleted = deleted.intersection(
                    member.captured.parts[member.range.lowerBound + place].deleted)
            }
            return Part(rows: members[0].captured.parts[index].rows, deleted: deleted)
        }
    }

    /// The groups of what a capture has to seal.
    ///
    /// - Parameter parts: which of a collection's.
    static func groups(
        of captured: [CapturedCollection], parts: (CapturedCollection) -> Range<Int>
    ) -> [SealGroup] {
        var groups: [SealGroup] = []
        var places: [[Part.Rows.Place]: Int] = [:]
        for captured in captured {
            let member = Member(captured: captured, range: parts(captured))
            guard !member.range.isEmpty else { continue }
            let key = member.parts.map(\.rows.place)
            if let known = places[key] {
                groups[known].members.append(member)
            } else {
                places[key] = groups.count
                groups.append(SealGroup(members: [member]))
            }
        }
        return groups
    }
}

extension Part.Rows {
    /// What tells rows from all others; forks have parts in the same place.
    enum Place: Hashable {
        case memory(ObjectIdentifier?)
        case segment(SegmentID, storedAs: CollectionID)
    }

    var place: Place {
        switch self {
        case .memory(let rows): .memory(rows.chunks.first.map { ObjectIdentifier($0) })
        case .segment(let sections):
            .segment(sections.file.id, storedAs: sections.collection)
        }
    }
}
